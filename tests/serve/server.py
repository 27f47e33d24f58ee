"""A server of the real program for tests: started on a free port, asked, killed, stopped."""

import json
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid

# As long as the slowest machine takes; nothing is measured by them.
START_SECONDS = 300
WAIT_SECONDS = 500


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)


def form(fields, files):
    """A multipart form: (content type, body)."""
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in fields.items():
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                     .encode())
    for name, content in files.items():
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="f"\r\n\r\n'
                     .encode() + content + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)


class Server:
    """Ready when the constructor returns, unless it raises."""

    def __init__(self, program, data_folder, flags=()):
        command = [program, "serve", "--model", "tiny.en", "--listen", "127.0.0.1:0", "--no-auth",
                   "--data-dir", str(data_folder), *flags]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.log = []
        self._ready = threading.Event()
        self._is_ready = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._ready.wait(START_SECONDS)
        if not self._is_ready:
            self.kill()
            raise RuntimeError("the server did not start:\n" + "".join(self.log))
        self.url = self._address("http")
        self.tls_url = self._address("https")  # "" without --tls-listen.

    def _address(self, scheme):
        address = re.search(scheme + r"://[0-9.]+:\d+", "".join(self.log))
        return address.group(0) if address else ""

    def _read(self):
        for line in self.process.stderr:
            self.log.append(line)
            if '"msg":"ready"' in line:
                self._is_ready = True
                self._ready.set()
        self._ready.set()  # It has ended.

    def ask(self, method, path, body=None, headers=None):
        request = urllib.request.Request(self.url + path, data=body, method=method,
                                         headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as reply:
                return Reply(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.headers, error.read())

    def post(self, path, fields=None, files=None, headers=None):
        content_type, body = form(fields or {}, files or {})
        return self.ask("POST", path, body, {"content-type": content_type, **(headers or {})})

    def wait_for_jobs(self, ids):
        """The jobs, by id, when all are final."""
        jobs = {}
        deadline = time.monotonic() + WAIT_SECONDS
        while len(jobs) < len(ids):
            if time.monotonic() > deadline:
                raise RuntimeError("jobs do not end:\n" + "".join(self.log[-50:]))
            for job_id in ids:
                job = self.ask("GET", f"/v1/jobs/{job_id}").json()
                if job["state"] not in ("queued", "running"):
                    jobs[job_id] = job
            time.sleep(0.1)
        return jobs

    def wait_until_further(self, ids, before):
        """Until every job that runs has come further than it had `before`; how far they are."""
        while True:
            jobs = {job_id: self.ask("GET", f"/v1/jobs/{job_id}").json() for job_id in ids}
            running = [job for job in jobs.values() if job["state"] == "running"]
            waiting = any(job["state"] == "queued" for job in jobs.values())
            if all(job["progress"] > before.get(job["id"], 0) for job in running) and \
                    (running or not waiting):
                return {job_id: job["progress"] for job_id, job in jobs.items()}
            time.sleep(0.05)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stderr.close()

    def stop(self):
        """The exit status after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(WAIT_SECONDS)
        self._reader.join()
        self.process.stderr.close()
        return status
