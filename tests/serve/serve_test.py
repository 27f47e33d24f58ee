"""The real server from start to end: probes, a transcription, jobs, kill -9, SIGTERM.

    serve_test.py PROGRAM

IRONSCRIBE_KILLS sets how often it is killed. Exit status 77: something it needs is missing.
"""

import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import unittest

import recordings
from server import Server

PROGRAM = ""
FORMATS = ("json", "txt", "srt", "vtt", "tsv")


def transcribed(recording, folder):
    """What the command line writes, by format."""
    subprocess.run([PROGRAM, "transcribe", str(recording), "--model", "tiny.en", "--format",
                    ",".join(FORMATS), "--output-dir", str(folder), "--no-resume", "--quiet"],
                   check=True, stderr=subprocess.PIPE)
    return {name: (pathlib.Path(folder) / f"{recording.stem}.{name}").read_bytes()
            for name in FORMATS}


class ServeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.data = self.folder / "data"

    def start(self, *flags):
        server = Server(PROGRAM, self.data, flags)
        self.addCleanup(server.kill)
        return server

    def results(self, server, job_id):
        replies = {name: server.ask("GET", f"/v1/jobs/{job_id}/result?format={name}")
                   for name in FORMATS}
        for name, reply in replies.items():
            self.assertEqual(reply.status, 200, name)
        return {name: reply.body for name, reply in replies.items()}

    def test_requests_and_jobs_say_what_the_command_line_says(self):
        recording = recordings.short_ones()[0]
        expected = transcribed(recording, self.folder / "out")
        server = self.start("--recordings-dir", str(recording.parent))
        for probe in ("/livez", "/startupz", "/readyz"):
            self.assertEqual(server.ask("GET", probe).status, 200, probe)
        reply = server.post("/v1/audio/transcriptions",
                            {"model": "tiny.en", "response_format": "srt"},
                            {"file": recording.read_bytes()})
        self.assertEqual((reply.status, reply.body), (200, expected["srt"]))

        key = {"idempotency-key": "once"}
        submitted = server.post("/v1/jobs", {"name": "n"}, {"file": recording.read_bytes()}, key)
        self.assertEqual(submitted.status, 202, submitted.body)
        by_upload = submitted.json()["id"]
        self.assertEqual(submitted.headers["location"], f"/v1/jobs/{by_upload}")
        again = server.post("/v1/jobs", {"name": "n"}, {"file": recording.read_bytes()}, key)
        self.assertEqual((again.status, again.json()["id"]), (200, by_upload))
        by_path = server.post("/v1/jobs", {"path": recording.name}).json()["id"]
        outside = server.post("/v1/jobs", {"path": "../../../../../../etc/passwd"}).json()["id"]
        jobs = server.wait_for_jobs([by_upload, by_path, outside])
        self.assertEqual(jobs[by_upload]["state"], "succeeded")
        self.assertEqual(jobs[outside]["state"], "failed")
        self.assertEqual(self.results(server, by_upload), expected)
        self.assertEqual(self.results(server, by_path), expected)

        self.assertEqual(server.ask("DELETE", f"/v1/jobs/{by_upload}").status, 200)
        self.assertEqual(server.ask("GET", f"/v1/jobs/{by_upload}/result").status, 404)
        listed = server.ask("GET", "/v1/jobs?state=succeeded").json()["data"]
        self.assertEqual([job["id"] for job in listed], [by_path])
        self.assertEqual(server.stop(), 0)

    def test_the_openapi_document_is_what_the_server_answers(self):
        server = self.start()
        reply = server.ask("GET", "/openapi.json")
        self.assertEqual(reply.status, 200)
        published = pathlib.Path(__file__).parents[2] / "docs/openapi.json"
        self.assertEqual(reply.body, published.read_bytes(),
                         f"copy the server's /openapi.json over {published}")
        self.assertEqual(reply.json()["openapi"], "3.1.0")
        for path, operations in reply.json()["paths"].items():
            asked = re.sub(r"\{\w+\}", "x", path)
            self.assertEqual(server.ask("PATCH", asked).status, 405, path)
            for method, operation in operations.items():
                answer = server.ask(method.upper(), asked)
                self.assertIn(str(answer.status), operation["responses"], f"{method} {path}")
                self.assertNotIn(b"nothing at this path", answer.body, f"{method} {path}")

    def test_a_batch_comes_from_a_manifest(self):
        chosen = recordings.short_ones()[:3]
        server = self.start("--recordings-dir", str(recordings.FOLDER))
        lines = "".join(f'{{"path":"{path.name}"}}\n' for path in chosen)
        batch = server.post("/v1/job-batches", {}, {"manifest": lines.encode()}).json()
        self.assertEqual(batch["total"], len(chosen))
        listed = server.ask("GET", f"/v1/jobs?batch={batch['id']}").json()["data"]
        jobs = server.wait_for_jobs([job["id"] for job in listed])
        self.assertEqual({job["state"] for job in jobs.values()}, {"succeeded"})
        finished = server.ask("GET", f"/v1/job-batches/{batch['id']}").json()
        self.assertEqual((finished["state"], finished["counts"]["succeeded"]), ("finished", 3))

    def test_nothing_is_lost_when_the_server_is_killed(self):
        long_one = self.folder / "long.wav"
        recordings.write_long_one(long_one, times=2)
        expected = transcribed(long_one, self.folder / "out")
        others = recordings.short_ones()[:4]
        seed = int(os.environ.get("IRONSCRIBE_SEED", "6"))
        moments = random.Random(seed)
        server = self.start()
        ids = [server.post("/v1/jobs", {}, {"file": path.read_bytes()}).json()["id"]
               for path in [long_one, *others]]
        reached = {}
        for kill in range(int(os.environ.get("IRONSCRIBE_KILLS", "3"))):
            # A job whose third attempt ends where the first did is dead, and rightly so.
            if kill >= 2:
                reached = server.wait_until_further(ids, reached)
            time.sleep(moments.random())  # Any moment will do; none is waited for.
            server.kill()
            server = self.start()
            # Whatever was told is still so.
            for job_id in ids:
                self.assertEqual(server.ask("GET", f"/v1/jobs/{job_id}").status, 200, seed)
        jobs = server.wait_for_jobs(ids)
        self.assertEqual({job["state"] for job in jobs.values()}, {"succeeded"}, seed)
        self.assertEqual(self.results(server, ids[0]), expected, seed)
        for job_id, path in zip(ids[1:], others):
            self.assertEqual(self.results(server, job_id),
                             transcribed(path, self.folder / "out"), seed)
        self.assertEqual(list((self.data / "work").iterdir()), [])
        self.assertEqual(list((self.data / "incoming").iterdir()), [])

    def test_a_running_job_goes_on_after_an_orderly_stop(self):
        long_one = self.folder / "long.wav"
        recordings.write_long_one(long_one, times=2)
        server = self.start("--job-workers", "1")
        job_id = server.post("/v1/jobs", {}, {"file": long_one.read_bytes()}).json()["id"]
        while server.ask("GET", f"/v1/jobs/{job_id}").json()["state"] == "queued":
            time.sleep(0.01)
        self.assertEqual(server.stop(), 0)
        server = self.start()
        job = server.wait_for_jobs([job_id])[job_id]
        self.assertEqual(job["state"], "succeeded")
        self.assertEqual(self.results(server, job_id), transcribed(long_one, self.folder / "out"))

    def test_a_second_server_is_refused(self):
        self.start()
        with self.assertRaisesRegex(RuntimeError, "in use by process"):
            Server(PROGRAM, self.data)


def missing():
    if not recordings.short_ones():
        return "Debian's package pocketsphinx-testdata is not installed"
    installed = subprocess.run([PROGRAM, "models", "info", "tiny.en"], capture_output=True,
                               check=False)
    if installed.returncode != 0:
        return "tiny.en is not installed; run: ironscribe models pull tiny.en"
    return ""


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    if missing():
        print(f"SKIPPED: {missing()}")
        sys.exit(77)
    unittest.main()
