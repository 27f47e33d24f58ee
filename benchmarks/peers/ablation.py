"""What each lever gained: the same recordings with one flag changed at a time."""

import pathlib
import statistics
import tempfile

import contestants
from contestants import Contestant
from speech import Speech

_ALONE = ("--temperature", "0", "--no-condition-on-previous-text")
_VAD_8 = ("--segmentation", "vad", "--batch-size", "8")


def _long(key: str, *flags: str, **members) -> Contestant:
    return Contestant(key, "long", flags=flags or _VAD_8, **members)


def _short(key: str, batch: int, *flags: str) -> Contestant:
    return Contestant(key, "short", flags=(*_ALONE, "--batch-size", str(batch), *flags))


def _excerpt(level: str) -> Contestant:
    return Contestant(f"--cpu-level {level}", "excerpt", flags=(*_VAD_8, "--cpu-level", level))


# The first of a group is what the others are divided by. The portable kernels take minutes for the
# whole recording, hence the excerpt.
GROUPS = {
    "Long recording, against int8, voice activity, batch 8, full windows, all threads": [
        _long("as said"),
        _long("--batch-size 1", "--segmentation", "vad", "--batch-size", "1"),
        _long("--batch-size 16", "--segmentation", "vad", "--batch-size", "16"),
        _long("--window speech", *_VAD_8, "--window", "speech"),
        _long("--guard off", *_VAD_8, "--guard", "off"),
        _long("--segmentation fixed", "--segmentation", "fixed", "--batch-size", "8"),
        _long("--segmentation sequential", "--batch-size", "8"),
        _long("--threads 1", threads=1),
        _long("--compute bfloat16", compute="bfloat16"),
        _long("--compute float32", compute="float32"),
    ],
    "Short calls, against int8, full windows, one after another": [
        _short("as said", 1),
        _short("--batch-size 8", 8),
        _short("--batch-size 16", 16),
        _short("--window speech", 1, "--window", "speech"),
        _short("--window speech --batch-size 8", 8, "--window", "speech"),
        _short("--window speech --batch-size 16", 16, "--window", "speech"),
    ],
    "First minute, against the widest kernels": [
        _excerpt("auto"), _excerpt("avx512"), _excerpt("avx2"), _excerpt("portable"),
    ],
}


def run(speech: Speech, model: pathlib.Path, cpus: list[int], rounds: int) -> list[dict]:
    """A row for each setting, interleaved: speeds, errors, and why it did not run if so."""
    rows = {(group, contestant.key): {"group": group, "setting": contestant.key, "speeds": [],
                                      "errors": [], "problem": None}
            for group, members in GROUPS.items() for contestant in members}
    with tempfile.TemporaryDirectory() as folder:  # Packs weights for each arithmetic and level.
        single = speech.write(pathlib.Path(folder))["single"]
        for group, members in GROUPS.items():
            for contestant in members:
                call = contestants.for_warm_up(contestant)
                _try(call, rows[group, contestant.key], model, single, cpus)
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            inputs = speech.write(pathlib.Path(folder))
            for group, members in GROUPS.items():
                for contestant in members:
                    _measure(contestant, rows[group, contestant.key], speech, model,
                             inputs[contestant.input], cpus)
        print(f"ablation: {model.name}, round {number + 1} of {rounds}", flush=True)
    return list(rows.values())


def _measure(contestant: Contestant, row: dict, speech: Speech, model: pathlib.Path,
             paths: list[pathlib.Path], cpus: list[int]) -> None:
    outcome = _try(contestant, row, model, paths, cpus)
    if outcome is None:
        return
    row["speeds"].append(speech.seconds_of(contestant.input) / outcome.work_seconds)
    errors = speech.error_percent(contestant.input, outcome.texts)
    if errors is not None:
        row["errors"].append(errors)


def _try(contestant: Contestant, row: dict, model: pathlib.Path, paths: list[pathlib.Path],
         cpus: list[int]) -> contestants.Outcome | None:
    """None, with the reason in the row, where this machine lacks the CPU level."""
    if row["problem"] is not None:
        return None
    try:
        return contestants.run(contestant, model, paths, cpus)
    except RuntimeError as error:
        row["problem"] = str(error).strip().splitlines()[-1]
        return None


def gain(row: dict, rows: list[dict]) -> float | None:
    """Speed by that of the first of the group."""
    first = next(other for other in rows if other["group"] == row["group"])
    if not row["speeds"] or not first["speeds"]:
        return None
    return statistics.median(row["speeds"]) / statistics.median(first["speeds"])
