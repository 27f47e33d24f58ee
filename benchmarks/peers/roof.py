"""The fraction of the machine's roof, from peaks, windows and tokens of the same minute.

`ironscribe bench` measures the peaks, transcribes the recording and computes the roof of the work that
it did (docs/performance-notes.md): every window, prompt and repeated attempt counted.
"""

import json
import pathlib
import tempfile

import contestants
import processes
from speech import Speech

BATCH_SIZE = 8
LEAST_FRACTION = 0.55
# Below these the machine was busy while its peak was measured: of the width of its units, and of
# the fastest memory seen in the same comparison.
_LEAST_PEAK, _LEAST_MEMORY = 0.95, 0.7
_SECONDS = "2"

_WORKS = {"batch 8": ("--segmentation", "vad", "--window", "speech"), "sequential": ()}


def _bench(model: pathlib.Path, cpus: list[int], *flags) -> dict:
    command = [contestants.PROGRAM, "bench", "--model", model, "--compute", "int8", "--json",
               "--threads", len(cpus), "--batch-size", BATCH_SIZE, "--seconds", _SECONDS, *flags]
    return json.loads(processes.run(command, set(cpus)).stdout)


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


def _measure(work: str, model: pathlib.Path, path: pathlib.Path, cpus: list[int]) -> dict:
    report = _bench(model, cpus, "--language", "en", *_WORKS[work], path)
    run, roof = report["run"], report["roofs"]["eight_bit"]
    return {"work": work, "windows": round(run["windows"]), "tokens": round(run["tokens"]),
            "speed": run["times_real_time"], "roof": roof["times_real_time"],
            "fraction": roof["fraction_reached"], "peaks": _peaks(report)}


def run(speech: Speech, model: pathlib.Path, cpus: list[int], rounds: int) -> list[dict]:
    results = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            path = speech.write(pathlib.Path(folder))["long"][0]
            results += [_measure(work, model, path, cpus) for work in _WORKS]
        print(f"roof: {model.name}, round {number + 1}: " + ", ".join(
            f"{result['work']} {100 * result['fraction']:.0f} %" for result in results[-2:]),
            flush=True)
    return results
