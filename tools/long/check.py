"""Does the program hold out over a very long recording, and come to the same end when it is killed?

    check.py DATA [--hours 10] [--segmentations sequential,fixed,vad] [--model tiny.en] ...

DATA is the folder with librispeech-other, conversation, telephone and noise. Prints a table; ends
with 1 if an output differs, memory passes the limit, or progress is not what it should be.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

import recording

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "peers"))
import processes  # noqa: E402

PROGRAM = ROOT / "build" / "release" / "ironscribe"
FORMATS = ("txt", "srt", "vtt", "tsv", "json")
INTERRUPTED = 3  # Exit status.
POLL_SECONDS = 0.1
# The time left is judged at this share of what is to be done; it may be off by this factor, since
# other programs use the machine too; in a pass of less than five minutes they decide.
JUDGED_AT, MAX_FACTOR, LEAST_JUDGED_SECONDS = 0.25, 2, 300


@dataclasses.dataclass
class Pass:
    """One run of the program."""
    ending: str  # "done", "killed", "cancelled".
    wall_seconds: float
    peak_megabytes: float
    exit_code: int
    events: list  # Of standard error, each with the time it came ("at").

    def positions(self) -> list:
        return [event["position"] for event in self.events if event["event"] == "progress"]

    def notes(self) -> str:
        return " ".join(event["message"] for event in self.events if event["event"] == "note")

    def resumed_at(self) -> float:
        return next((e["position"] for e in self.events if e["event"] == "resumed"), 0.0)

    def time_left_factor(self) -> float:
        """Told time left over true time left, at a quarter of what this pass did itself."""
        first, last = self.resumed_at(), self.positions()[-1]
        end = self.events[-1]["at"]
        for event in self.events:
            if (event["event"] == "progress" and event["seconds_left"] is not None
                    and event["position"] >= first + JUDGED_AT * (last - first)):
                return event["seconds_left"] / max(end - event["at"], 0.1)
        return float("nan")


class Runner:
    def __init__(self, options: argparse.Namespace, audio: pathlib.Path):
        self.options = options
        self.audio = audio

    def command(self, segmentation: str, output: pathlib.Path) -> list:
        return [str(part) for part in
                [self.options.program, "transcribe", self.audio, "--model", self.options.model,
                 "--threads", self.options.threads, "--segmentation", segmentation,
                 "--format", ",".join(FORMATS), "--output-dir", output, "--progress", "json",
                 *self.options.flag]]

    def run(self, segmentation: str, output: pathlib.Path, end_at: float = float("inf"),
            end_by: int = signal.SIGKILL) -> Pass:
        """Sends `end_by` once the position passes `end_at` seconds."""
        began = time.monotonic()
        process = subprocess.Popen(self.command(segmentation, output), stderr=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, text=True, start_new_session=True)
        events: list = []

        def read():
            for line in process.stderr:
                event = json.loads(line)
                event["at"] = time.monotonic() - began
                events.append(event)
                if event["event"] == "progress" and event["position"] >= end_at:
                    process.send_signal(end_by)

        reader = threading.Thread(target=read)
        reader.start()
        peaks: dict = {}
        # The kernel keeps the peak: only growth in the last moment of a process can be missed.
        while process.poll() is None:
            for pid in processes.descendants(process.pid):
                peaks[pid] = max(peaks.get(pid, 0), processes.peak_kilobytes(pid))
            time.sleep(POLL_SECONDS)
        reader.join()
        ending = {0: "done", INTERRUPTED: "cancelled", -signal.SIGKILL: "killed"}.get(
            process.returncode, f"exit status {process.returncode}")
        return Pass(ending, time.monotonic() - began, sum(peaks.values()) * 1024 / 1e6,
                    process.returncode, events)


class Check:
    def __init__(self, options: argparse.Namespace, seconds: float):
        self.options = options
        self.seconds = seconds
        self.failures: list = []

    def expect(self, condition: bool, what: str) -> None:
        if not condition:
            self.failures.append(what)
            print(f"  FAILED: {what}", flush=True)

    def show(self, segmentation: str, what: str, run: Pass) -> None:
        positions = run.positions()
        reached = positions[-1] if positions else 0.0
        own = reached - run.resumed_at()
        resumed = f"{run.resumed_at():9.0f}" if run.resumed_at() else "         "
        print(f"{segmentation:11} {what:14} {run.ending:10} {resumed} {reached:9.0f} "
              f"{run.wall_seconds:8.1f} {own / run.wall_seconds:7.1f}x {run.peak_megabytes:7.1f}",
              flush=True)
        self.expect(run.peak_megabytes <= self.options.limit_mb,
                    f"{run.peak_megabytes:.0f} MB are more than {self.options.limit_mb:.0f} MB")
        self.expect(positions == sorted(positions), "positions go back")
        self.expect(bool(positions), "no progress was told")

    def outputs(self, folder: pathlib.Path) -> dict:
        return {path.suffix[1:]: path.read_bytes() for path in folder.iterdir()
                if path.suffix[1:] in FORMATS and not path.name.startswith(".")}

    def done(self, run: Pass, folder: pathlib.Path) -> None:
        self.expect(run.exit_code == 0, f"ended with {run.ending}: {run.notes()}")
        self.expect(set(self.outputs(folder)) == set(FORMATS), "not every format was written")
        self.expect(not list(folder.glob(".*-resume")), "a journal stayed behind")
        if run.wall_seconds < LEAST_JUDGED_SECONDS:
            return
        factor = run.time_left_factor()
        print(f"  time left told at a quarter: {factor:.2f} of what it was", flush=True)
        self.expect(1 / MAX_FACTOR <= factor <= MAX_FACTOR, "the time left did not come true")

    def broken_off(self, run: Pass, folder: pathlib.Path, how: str) -> None:
        self.expect(run.ending == how, f"it was to be {how}, but: {run.ending}")
        self.expect(not self.outputs(folder), "something half-written is there")
        journals = list(folder.glob(".*-resume"))
        self.expect(len(journals) == 1, f"{len(journals)} journals")
        self.expect(all(path.stat().st_mode & 0o077 == 0 for path in journals),
                    "others can read the journal")
        if how == "cancelled":
            self.expect("goes on from there" in run.notes(), "it does not say that it can go on")

    def texts(self, folder: pathlib.Path) -> None:
        """The writers over hours: times that ascend up to the end of the recording."""
        srt = self.outputs(folder)["srt"].decode()
        times = [[int(part) for part in re.split("[:,]", text)]
                 for text in re.findall(r"(\d\d+:\d\d:\d\d,\d\d\d) -->", srt)]
        starts = [((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in times]
        self.expect(starts == sorted(starts), "cues of the srt file go back")
        self.expect(bool(starts) and starts[-1] > (self.seconds - 600) * 1000,
                    "the srt file ends too early")
        transcript = json.loads(self.outputs(folder)["json"])
        ends = [segment["end"] for segment in transcript["segments"]]
        self.expect(max(ends) <= self.seconds + 0.01, "segments end behind the recording")
        print(f"  {len(starts)} cues, {len(ends)} segments, the last at {max(ends) / 3600:.2f} h; "
              f"json {len(self.outputs(folder)['json']) / 1e6:.1f} MB", flush=True)


def check_segmentation(check: Check, runner: Runner, segmentation: str,
                       scratch: pathlib.Path) -> None:
    plain, broken = scratch / f"{segmentation}-plain", scratch / f"{segmentation}-broken"
    run = runner.run(segmentation, plain)
    check.show(segmentation, "uninterrupted", run)
    check.done(run, plain)
    check.texts(plain)
    rng = random.Random(f"{check.options.seed} {segmentation}")
    count = check.options.kills + 1
    # In one part of the recording each, so that every pass does something new.
    moments = [(part + 0.1 + 0.8 * rng.random()) / (count + 1) * check.seconds
               for part in range(count)]
    cancelled = rng.randrange(count)
    for number, moment in enumerate(moments):
        how = "cancelled" if number == cancelled else "killed"
        run = runner.run(segmentation, broken, moment,
                         signal.SIGINT if how == "cancelled" else signal.SIGKILL)
        check.show(segmentation, f"interruption {number + 1}", run)
        check.broken_off(run, broken, how)
        check.expect(number == 0 or run.resumed_at() > 0, "it began anew")
    run = runner.run(segmentation, broken)
    check.show(segmentation, "to the end", run)
    check.done(run, broken)
    check.expect(run.resumed_at() >= moments[-1] * 0.99, "the last pass did old work")
    for name, content in check.outputs(plain).items():
        same = check.outputs(broken).get(name) == content
        check.expect(same, f"{name} differs between interrupted and not")
    print(f"  outputs equal: {', '.join(check.outputs(plain))}", flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--hours", type=float, default=10.05)  # Past ten, for the writers.
    parser.add_argument("--segmentations", default="sequential,fixed,vad")
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--program", type=pathlib.Path, default=PROGRAM)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit-mb", type=float, default=400)
    parser.add_argument("--flag", action="append", default=[], help="of transcribe; repeatable")
    parser.add_argument("--scratch", help="folder for recording and outputs (default: temporary)")
    return parser.parse_args()


def main() -> int:
    options = parse()
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        scratch = pathlib.Path(folder)
        audio = scratch / "long.flac"
        recording.make(options.data, options.hours, options.seed, audio)
        probe = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration",
                                "-of", "csv=p=0", str(audio)], capture_output=True, text=True,
                               check=True)
        seconds = float(probe.stdout)
        print(f"{seconds / 3600:.2f} hours, {os.path.getsize(audio) / 1e6:.0f} MB, "
              f"{options.model}, {options.threads} threads", flush=True)
        print(f"{'':11} {'pass':14} {'ends':10} {'from, s':>9} {'to, s':>9} {'wall, s':>8} "
              f"{'speed':>8} {'peak MB':>7}", flush=True)
        check = Check(options, seconds)
        runner = Runner(options, audio)
        for segmentation in options.segmentations.split(","):
            check_segmentation(check, runner, segmentation, scratch)
    print("all as it should be" if not check.failures else f"{len(check.failures)} failures")
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main())
