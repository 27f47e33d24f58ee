"""The fraction of the machine's roof, from peaks, windows and tokens of the same minute.

`ironscribe bench` measures the peaks and computes the roof (docs/performance-notes.md). Sequential
windows come from its run on the recording; windows worked on together from the transcript of that
run: as many windows, with as many tokens each, as bench's roof at that batch size.
"""

import json
import pathlib
import tempfile

import contestants
import processes
from contestants import Contestant
from speech import Speech

BATCH_SIZE = 8
LEAST_FRACTION = 0.55
# Below these the machine was busy while its peak was measured: of the width of its units, and of
# the fastest memory seen in the same comparison.
_LEAST_PEAK, _LEAST_MEMORY = 0.95, 0.7
_SECONDS = "2"

_BATCHED = Contestant("roof", "long",
                      flags=("--segmentation", "fixed", "--batch-size", str(BATCH_SIZE)))


def _bench(model: pathlib.Path, cpus: list[int], *flags) -> dict:
    command = [contestants.PROGRAM, "bench", "--model", model, "--compute", "int8", "--json",
               "--threads", len(cpus), "--batch-size", BATCH_SIZE, "--seconds", _SECONDS, *flags]
    return json.loads(processes.run(command, set(cpus)).stdout)


def count_work(document: dict) -> tuple[int, int]:
    """Windows and tokens of a transcript, of those that gave text.

    Prompts, windows without text and repeated attempts are work too, but not counted: the roof is
    that of the least work that gives this text.
    """
    segments = document["segments"]
    windows = len({segment["seek"] for segment in segments})
    # One more for each window: the end of text is decoded, but not written down.
    return windows, sum(len(segment["tokens"]) for segment in segments) + windows


def is_busy(peaks: dict, fastest_memory: float) -> bool:
    fraction = peaks["least_fraction_of_width"]
    return ((fraction is not None and fraction < _LEAST_PEAK)
            or peaks["memory"] < _LEAST_MEMORY * fastest_memory)


def _peaks(report: dict) -> dict:
    machine = report["machine"]
    fractions = [peak["fraction_of_width"] for peak in machine["peaks"].values()
                 if peak.get("fraction_of_width")]
    return {"cpu_level": machine["cpu_level"], "clock_hz": machine["clock_hz"],
            "int8": machine["peaks"]["int8"]["operations_per_second"],
            "bfloat16": machine["peaks"]["bfloat16"]["operations_per_second"],
            "float32": machine["peaks"]["float32"]["operations_per_second"],
            "memory": machine["memory"]["all_threads_bytes_per_second"],
            "least_fraction_of_width": min(fractions, default=None)}


def _batched(model: pathlib.Path, path: pathlib.Path, cpus: list[int]) -> dict:
    outcome = contestants.run(_BATCHED, model, [path], cpus)
    windows, tokens = count_work(outcome.documents[0])
    report = _bench(model, cpus, "--tokens", max(1, round(tokens / max(windows, 1))))
    roof = report["roofs"]["eight_bit"]
    seconds = windows * (roof["encoder_milliseconds_per_window"]
                         + roof["decoder_milliseconds_per_window"]) / 1000
    audio = outcome.documents[0]["duration"]
    return {"work": f"batch {BATCH_SIZE}", "windows": windows, "tokens": tokens,
            "speed": audio / outcome.work_seconds, "roof": audio / seconds,
            "fraction": seconds / outcome.work_seconds, "peaks": _peaks(report)}


def _sequential(model: pathlib.Path, path: pathlib.Path, cpus: list[int]) -> dict:
    report = _bench(model, cpus, "--language", "en", path)
    run, roof = report["run"], report["roofs"]["eight_bit"]
    return {"work": "sequential", "windows": round(run["windows"]), "tokens": round(run["tokens"]),
            "speed": run["times_real_time"], "roof": roof["times_real_time"],
            "fraction": roof["fraction_reached"], "peaks": _peaks(report)}


def run(speech: Speech, model: pathlib.Path, cpus: list[int], rounds: int) -> list[dict]:
    results = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            path = speech.write(pathlib.Path(folder))["long"][0]
            results += [_batched(model, path, cpus), _sequential(model, path, cpus)]
        print(f"roof: {model.name}, round {number + 1}: " + ", ".join(
            f"{result['work']} {100 * result['fraction']:.0f} %" for result in results[-2:]),
            flush=True)
    return results
