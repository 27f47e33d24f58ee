"""The accuracy gate: what each lever costs in words, against `--reference` on the same recordings.

Levers and their thresholds were chosen on the first three speakers; the verdict is about the other
three. Several lead-ins, because one word of luck is a tenth of a percent.
"""

import pathlib
import statistics
import tempfile

import contestants
import missing_runs
import word_errors
from contestants import Contestant
from speech import Speech

MAX_LOSS_PERCENT = 0.5

_ALONE = ("--temperature", "0", "--no-condition-on-previous-text")
_REFERENCES = {"short": Contestant("reference", "short", flags=("--reference", *_ALONE)),
               "long": Contestant("reference", "long", flags=("--reference",))}
LEVERS = [
    Contestant("int8, full windows", "short", flags=_ALONE),
    Contestant("int8, speech windows", "short", flags=(*_ALONE, "--window", "speech")),
    Contestant("int8, sequential", "long"),
    Contestant("int8, fixed segmentation", "long", flags=("--segmentation", "fixed")),
    Contestant("int8, fixed segmentation, speech windows", "long",
               flags=("--segmentation", "fixed", "--window", "speech")),
    Contestant("int8, voice activity", "long", flags=("--segmentation", "vad")),
    Contestant("int8, voice activity, speech windows", "long",
               flags=("--segmentation", "vad", "--window", "speech")),
]


def _percents(errors: list[word_errors.Errors], is_first: list[bool]) -> dict[str, float]:
    first = [error for error, flag in zip(errors, is_first) if flag]
    other = [error for error, flag in zip(errors, is_first) if not flag]
    return {name: sum(group, word_errors.Errors()).percent
            for name, group in (("first", first), ("other", other), ("all", errors))}


def _once(speech: Speech, model: pathlib.Path, cpus: list[int]) -> dict[str, dict]:
    """One lead-in: by contestant, percents and, of the long recording, runs that went missing."""
    is_first = speech.is_of_first_speakers()
    results, missing = {}, {}
    words = word_errors.units(speech.truth, "en")
    with tempfile.TemporaryDirectory() as folder:
        inputs = speech.write(pathlib.Path(folder))
        for contestant in [*_REFERENCES.values(), *LEVERS]:
            kind = contestant.input
            texts = contestants.run(contestant, model, inputs[kind], cpus).texts
            result = _percents(speech.errors_by_utterance(kind, texts), is_first)
            if kind == "long":
                missing[contestant.key] = word_errors.missing(speech.truth, texts[0])
                runs = missing_runs.find(missing[contestant.key], missing["reference"])
                result["missing_runs"] = [" ".join(words[run.start:run.stop]) for run in runs]
            results[f"{kind} {contestant.key}"] = result
    return results


def run(speech: Speech, model: pathlib.Path, cpus: list[int], lead_ins: int) -> list[dict]:
    """A row for each lever: plain values, for the page and the JSON."""
    once = []
    for number in range(lead_ins):
        once.append(_once(speech, model, cpus))
        print(f"gate: {model.name}, lead-in {number + 1} of {lead_ins}", flush=True)
    rows = []
    for lever in LEVERS:
        ours = [results[f"{lever.input} {lever.key}"] for results in once]
        reference = [results[f"{lever.input} reference"] for results in once]
        row = {"lever": lever.key, "input": lever.input,
               "missing_runs": [result["missing_runs"] for result in ours]
               if lever.input == "long" else []}
        for part in ("first", "other", "all"):
            row[part] = {"reference": [result[part] for result in reference],
                         "ours": [result[part] for result in ours]}
        rows.append(row)
    return rows


def losses(row: dict, part: str) -> list[float]:
    """Percent points worse than the reference, by lead-in."""
    return [a - b for a, b in zip(row[part]["ours"], row[part]["reference"])]


def is_passed(row: dict) -> bool:
    return (all(statistics.mean(losses(row, part)) <= MAX_LOSS_PERCENT for part in ("other", "all"))
            and not any(row["missing_runs"]))
