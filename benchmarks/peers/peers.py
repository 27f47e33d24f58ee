#!/usr/bin/env python3
"""Runs Ironscribe and faster-whisper alternately on the same recordings; writes docs/performance.md.

    peers.py DATA_FOLDER MODELS_FOLDER

Environment: ROUNDS (default 5), THREADS (2), MODELS ("tiny.en base").
"""

import os
import pathlib
import platform
import random
import statistics
import sys
import tempfile
import wave

import faster_whisper
import numpy as np

import sides

_TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_TOP / "tools" / "accuracy"))

import recordings as data_sets  # noqa: E402
import word_errors  # noqa: E402

_RATE_HZ = 16000
_GAP_SECONDS = 0.5
_MAX_LEAD_IN_MS = 20


def write_wav(path: pathlib.Path, samples: np.ndarray) -> None:
    with wave.open(str(path), "wb") as output:
        output.setparams((1, 2, _RATE_HZ, 0, "NONE", ""))
        output.writeframes(np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").tobytes())


class Speech:
    """60 utterances, written anew for each round behind 1 to 20 ms of silence.

    So nothing that either side may have kept from an earlier round can be of use.
    """

    def __init__(self, data: pathlib.Path, seed: int):
        self.recordings = data_sets.librispeech(data)
        self.samples = [faster_whisper.decode_audio(str(recording.path))
                        for recording in self.recordings]
        self.seconds = sum(map(len, self.samples)) / _RATE_HZ
        self.eleven_seconds = data / "formats" / "jfk.wav"
        self.random = random.Random(seed)

    def _lead_in(self) -> np.ndarray:
        return np.zeros(self.random.randint(1, _MAX_LEAD_IN_MS) * _RATE_HZ // 1000, np.float32)

    def short(self, folder: pathlib.Path) -> list[pathlib.Path]:
        paths = []
        for recording, samples in zip(self.recordings, self.samples):
            paths.append(folder / (recording.path.stem + ".wav"))
            write_wav(paths[-1], np.concatenate([self._lead_in(), samples]))
        return paths

    def long(self, folder: pathlib.Path) -> list[pathlib.Path]:
        gap = np.zeros(int(_GAP_SECONDS * _RATE_HZ), np.float32)
        parts = [self._lead_in()]
        for samples in self.samples:
            parts += [samples, gap]
        write_wav(folder / "long.wav", np.concatenate(parts))
        return [folder / "long.wav"]

    def error_percent(self, texts: list[str]) -> float:
        if len(texts) == 1:
            return word_errors.count(" ".join(r.text for r in self.recordings), texts[0]).percent
        return word_errors.pooled(self.recordings, {
            recording.path: text for recording, text in zip(self.recordings, texts)}).percent


class Comparison:
    """Medians of one kind of work on both sides."""

    def __init__(self, work: str, unit: str, higher_is_better: bool):
        self.work, self.unit, self.higher_is_better = work, unit, higher_is_better
        self.values: dict[str, list[float]] = {}
        self.errors: dict[str, list[float]] = {}

    def add(self, side: str, value: float, error_percent: float | None = None) -> None:
        self.values.setdefault(side, []).append(value)
        if error_percent is not None:
            self.errors.setdefault(side, []).append(error_percent)

    def row(self) -> str:
        ours, theirs = (self.values[name] for name in ("ironscribe", "faster-whisper"))
        a, b = statistics.median(ours), statistics.median(theirs)
        ratio = a / b if self.higher_is_better else b / a
        cells = [self.work, f"{a:.2f} {self.unit}", f"{b:.2f} {self.unit}", f"**{ratio:.2f}**",
                 f"{min(ours):.2f} to {max(ours):.2f}; {min(theirs):.2f} to {max(theirs):.2f}"]
        if self.errors:
            cells.append(" / ".join(f"{statistics.median(self.errors[name]):.2f}"
                                    for name in ("ironscribe", "faster-whisper")))
        else:
            cells.append("")
        return "| " + " | ".join(cells) + " |"


def compare_model(name: str, models: pathlib.Path, speech: Speech, rounds: int,
                  threads: int) -> list[Comparison]:
    cpus = set(sorted(os.sched_getaffinity(0))[:threads])
    contestants = [sides.Ironscribe(threads), sides.FasterWhisper(threads)]
    short = Comparison(f"{name}, short calls one after another", "x", True)
    long = Comparison(f"{name}, one long recording", "x", True)
    start = Comparison(f"{name}, process start to first text of an 11-s file", "s", False)
    memory = Comparison(f"{name}, peak memory, same file", "MB", False)
    single = speech.eleven_seconds
    for side in contestants:  # Fills the packed cache and the page cache; not measured.
        side.run_fresh(models / name, single, cpus)
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            work = {"short": (short, speech.short(pathlib.Path(folder))),
                    "long": (long, speech.long(pathlib.Path(folder)))}
            for mode, (comparison, paths) in work.items():
                for side in contestants:
                    outcome = side.run(models / name, mode, paths, cpus)
                    comparison.add(side.name, speech.seconds / outcome.work_seconds,
                                   speech.error_percent(outcome.texts))
                    print(f"round {number + 1}: {name} {mode} {side.name}: "
                          f"{comparison.values[side.name][-1]:.2f} x real time, "
                          f"WER {comparison.errors[side.name][-1]:.2f} %", flush=True)
        for side in contestants:
            fresh = side.run_fresh(models / name, single, cpus)
            start.add(side.name, fresh.first_output_seconds)
            memory.add(side.name, fresh.peak_megabytes)
    return [short, long, start, memory]


def cpu_name() -> str:
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


_PAGE = """# Performance

Written by `make bench`; do not edit. {rounds} rounds on {threads} threads of {cpu}, both sides in turn
(A B A B), pinned to the same CPUs; medians, and the ratio in favour of Ironscribe. The machine may be
shared: read the ratios, not the absolute numbers.

- *Short calls*: the 60 utterances of LibriSpeech test-other ({seconds:.0f} s), one call each in one
  process with the model loaded; greedy at temperature 0, no previous-text conditioning, full windows.
- *Long recording*: the same as one file with {gap} s gaps, sequential windows, greedy with each side's
  default fallback and conditioning.
- Work counts from the first recording to the last text, decoding of the audio included, loading not.
  `x` is seconds of speech per second of work. WER in %, counted alike on both sides.
- Both sides: int8, language given, faster-whisper {version}.

| work | ironscribe | faster-whisper | ratio | spread | WER |
|---|---|---|---|---|---|
{rows}

Every round puts 1 to 20 ms of silence in front of each recording, so that nothing derived from the
audio survives a round.
"""


def main() -> int:
    data, models = map(pathlib.Path, sys.argv[1:3])
    rounds, threads = int(os.environ.get("ROUNDS", 5)), int(os.environ.get("THREADS", 2))
    speech = Speech(data, seed=1)
    rows = []
    for name in os.environ.get("MODELS", "tiny.en base").split():
        rows += [comparison.row() for comparison in
                 compare_model(name, models, speech, rounds, threads)]
    page = _PAGE.format(rounds=rounds, threads=threads, cpu=cpu_name(), seconds=speech.seconds,
                        gap=_GAP_SECONDS, version=faster_whisper.__version__, rows="\n".join(rows))
    (_TOP / "docs" / "performance.md").write_text(page)
    print("\n" + page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
