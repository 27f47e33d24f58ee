"""The servers under load: started, watched from outside, ended."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from http_client import Connection

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "release" / "ironscribe"
_START_SECONDS = 300


class Server:
    def __init__(self, process: subprocess.Popen, port: int):
        self.process = process
        self.port = port

    def cpu_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def anonymous_bytes(self) -> int:
        """Anonymous memory, in RAM or swapped out."""
        text = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return sum(1024 * int(re.search(rf"^{name}:\s+(\d+) kB", text, re.M)[1])
                   for name in ("Anonymous", "Swap"))

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def threads(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/task"))


def _wait_ready(process: subprocess.Popen, port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        connection = Connection(port, timeout_seconds=10)
        status = connection.request("GET", "/readyz", {}).status
        connection.close()
        if status == 200:
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server was not ready within {_START_SECONDS} s")


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def ironscribe(model: str, *flags: str, data: pathlib.Path | None = None,
               environment: dict[str, str] | None = None):
    """`ironscribe serve` on a free port; in a folder of its own unless `data` is given."""
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "log"
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [PROGRAM, "serve", "--model", model, "--listen", "127.0.0.1:0", "--data-dir",
                 data or f"{folder}/data", *flags],
                stdout=subprocess.DEVNULL, stderr=output, env={**os.environ, **(environment or {})})
        try:
            yield Server(process, _port_of(process, log))
        finally:
            _end(process)


def _port_of(process: subprocess.Popen, log: pathlib.Path) -> int:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        for line in log.read_text(errors="replace").splitlines():
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            if found:
                port = int(found[1])
                _wait_ready(process, port)
                return port
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


@contextlib.contextmanager
def peer(model: str, threads: int, port: int = 8899):
    """faster-whisper behind FastAPI, in the environment of this script."""
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "peer_app:app", "--port", str(port), "--log-level",
         "warning"],
        cwd=pathlib.Path(__file__).parent,
        env={**os.environ, "MODEL": model, "THREADS": str(threads)})
    try:
        _wait_ready(process, port)
        yield Server(process, port)
    finally:
        _end(process)


def text_of(answer) -> str:
    return json.loads(answer.body)["text"]
