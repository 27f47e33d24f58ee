"""Runs a program on given CPUs and measures it from outside, the same way for every side."""

import dataclasses
import os
import pathlib
import subprocess
import threading
import time

_POLL_SECONDS = 0.01


@dataclasses.dataclass
class Measured:
    stdout: str
    stderr: str
    first_output_seconds: float  # From process start to the first byte on standard output.
    wall_seconds: float
    peak_megabytes: float  # Peak resident memory, mapped pages included, summed over children.


def _descendants(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for children in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                pass  # Ended in between.
    return found


def _peak_kilobytes(pid: int) -> int:
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def run(command: list, cpus: set[int], environment: dict | None = None) -> Measured:
    """Raises RuntimeError when the program fails."""
    began = time.monotonic()
    process = subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, cpus), env=os.environ | (environment or {}))
    peaks: dict[int, int] = {}
    first_output, chunks, errors = [], [], []

    def read_output():
        while chunk := os.read(process.stdout.fileno(), 1 << 16):
            if not first_output:
                first_output.append(time.monotonic() - began)
            chunks.append(chunk)

    def read_errors():
        errors.append(process.stderr.read())

    readers = [threading.Thread(target=read_output), threading.Thread(target=read_errors)]
    for reader in readers:
        reader.start()
    # The kernel keeps the peak, so polling can only miss growth in the last moment of a process.
    while process.poll() is None:
        for pid in _descendants(process.pid):
            peaks[pid] = max(peaks.get(pid, 0), _peak_kilobytes(pid))
        time.sleep(_POLL_SECONDS)
    wall = time.monotonic() - began
    for reader in readers:
        reader.join()
    stderr = b"".join(errors).decode(errors="replace")
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {stderr[-2000:]}")
    return Measured(b"".join(chunks).decode(), stderr, first_output[0] if first_output else wall,
                    wall, sum(peaks.values()) / 1024)
