"""The two sides of the comparison, called alike: recordings in, texts and measurements out."""

import dataclasses
import json
import pathlib
import sys
import tempfile

import processes

_HERE = pathlib.Path(__file__).resolve().parent
_PROGRAM = _HERE.parents[1] / "build" / "release" / "ironscribe"


@dataclasses.dataclass
class Outcome:
    work_seconds: float  # Without start and loading.
    texts: list[str]
    measured: processes.Measured


class Ironscribe:
    name = "ironscribe"

    def __init__(self, threads: int):
        self.threads = threads

    def _command(self, model: pathlib.Path, mode: str) -> list:
        command = [_PROGRAM, "transcribe", "--model", model, "--compute", "int8", "--language", "en",
                   "--threads", self.threads, "--batch-size", 1]
        if mode == "short":
            command += ["--temperature", "0", "--no-condition-on-previous-text"]
        return command

    def run(self, model: pathlib.Path, mode: str, paths: list[pathlib.Path], cpus: set[int]) -> Outcome:
        with tempfile.TemporaryDirectory() as folder:
            command = self._command(model, mode) + ["--format", "txt", "--output-dir", folder,
                                                    "--progress", "json", *paths]
            measured = processes.run(command, cpus)
            events = [json.loads(line) for line in measured.stderr.splitlines()
                      if line.startswith("{")]
            summary = next(event for event in events if event["event"] == "summary")
            texts = [(pathlib.Path(folder) / (path.stem + ".txt")).read_text() for path in paths]
        return Outcome(summary["wall_seconds"], texts, measured)

    def run_fresh(self, model: pathlib.Path, path: pathlib.Path, cpus: set[int]) -> processes.Measured:
        return processes.run(self._command(model, "short") + ["--progress", "none", path], cpus)


class FasterWhisper:
    name = "faster-whisper"

    def __init__(self, threads: int):
        self.threads = threads

    def _command(self, model: pathlib.Path, mode: str, paths: list[pathlib.Path]) -> list:
        return [sys.executable, _HERE / "faster_whisper_driver.py", model, self.threads, mode, *paths]

    def run(self, model: pathlib.Path, mode: str, paths: list[pathlib.Path], cpus: set[int]) -> Outcome:
        measured = processes.run(self._command(model, mode, paths), cpus)
        result = json.loads(measured.stdout.splitlines()[-1])
        return Outcome(result["seconds"], result["texts"], measured)

    def run_fresh(self, model: pathlib.Path, path: pathlib.Path, cpus: set[int]) -> processes.Measured:
        return processes.run(self._command(model, "short", [path]), cpus)
