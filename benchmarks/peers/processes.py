"""Runs a program on given CPUs and measures it from outside, the same way for every side."""

import dataclasses
import os
import pathlib
import subprocess
import threading
import time

# Often enough for a process of a tenth of a second; seldom once that is over, since looking takes
# time of the CPUs that are being measured.
_FIRST_POLLS_SECONDS, _LATER_POLLS_SECONDS = 0.01, 0.1
_FIRST_SECONDS = 3.0


@dataclasses.dataclass
class Measured:
    stdout: str
    stderr: str
    last_output_seconds: float  # From process start to the last byte on standard output.
    peak_megabytes: float  # Peak resident memory, mapped pages included, summed over children.


def descendants(pid: int) -> list[int]:
    """The process itself first."""
    found = [pid]
    for parent in found:
        for children in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                pass  # Ended in between.
    return found


def peak_kilobytes(pid: int) -> int:
    """Resident memory, mapped pages included; 0 once the process has ended."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def _watch(process: subprocess.Popen, began: float) -> float:
    """Waits for the end; the sum of all peaks, in megabytes."""
    peaks: dict[int, int] = {}
    # The kernel keeps the peak, so polling can only miss growth in the last moment of a process.
    while process.poll() is None:
        for pid in descendants(process.pid):
            peaks[pid] = max(peaks.get(pid, 0), peak_kilobytes(pid))
        young = time.monotonic() - began < _FIRST_SECONDS
        time.sleep(_FIRST_POLLS_SECONDS if young else _LATER_POLLS_SECONDS)
    return sum(peaks.values()) / 1024


def run(command: list, cpus: set[int]) -> Measured:
    """Raises RuntimeError when the program fails."""
    began = time.monotonic()
    process = subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, cpus),
        env=os.environ | {"OMP_NUM_THREADS": str(len(cpus))})
    chunks, errors, output_times = [], [], [began]

    def read_output():
        while chunk := os.read(process.stdout.fileno(), 1 << 16):
            output_times.append(time.monotonic())
            chunks.append(chunk)

    readers = [threading.Thread(target=read_output),
               threading.Thread(target=lambda: errors.append(process.stderr.read()))]
    for reader in readers:
        reader.start()
    peak = _watch(process, began)
    for reader in readers:
        reader.join()
    stderr = b"".join(errors).decode(errors="replace")
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {stderr[-2000:]}")
    return Measured(b"".join(chunks).decode(), stderr, output_times[-1] - began, peak)
