"""Fits the map from the least probability of a word's tokens to how likely the word is right, and tells
how well a map fitted on three speakers does on the other three.

    fit_confidence.py DATA [--models tiny.en,base]

DATA is the folder with librispeech-other. The expected calibration error (10 bins of equal mass) is what
`ironscribe eval` says; its interval of 95 % is that of 1,000 draws of as many utterances (percentile
bootstrap, seed 1; drawing adds chance once more, so it errs upwards), and "by chance" is the mean error of a
confidence that is exactly right on as many words (200 draws). Ends with 1 if the error of a map on speakers it was not fitted on is above 0.05.
"""

import argparse
import json
import math
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import measure  # Makes tools/accuracy known.
import recordings
from timed_words import TimedWord, by_word, matches

SOURCE = measure.ROOT / "src" / "models" / "whisper" / "word_confidence.cc"
LIMIT = 0.05
BINS = 10
REPLICATES = 1000
CHANCE_DRAWS = 200
# Between the error that eval tells and that of the words paired here: few words are paired otherwise.
PAIRING_TOLERANCE = 0.01


def constants() -> tuple[float, float]:
    """Those in force, which a confidence is undone by."""
    text = SOURCE.read_text()
    return tuple(float(re.search(rf"{name} = ([\d.]+)f", text)[1]) for name in ("kIntercept", "kSlope"))


def log_odds(probability: float) -> float:
    probability = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(probability / (1 - probability))


def probability(intercept: float, slope: float, odds: float) -> float:
    return 1 / (1 + math.exp(-(intercept + slope * odds)))


def fit(points: list[tuple[float, bool]]) -> tuple[float, float]:
    """Maximum likelihood by Newton's method, from the identity on."""
    a, b = 0.0, 1.0
    for _ in range(30):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for odds, right in points:
            p = probability(a, b, odds)
            weight = p * (1 - p)
            g0 += p - right
            g1 += (p - right) * odds
            h00 += weight
            h01 += weight * odds
            h11 += weight * odds * odds
        determinant = h00 * h11 - h01 * h01
        a -= (h11 * g0 - h01 * g1) / determinant
        b -= (h00 * g1 - h01 * g0) / determinant
    return a, b


def evaluate(utterances, transcripts: dict, folder: pathlib.Path) -> dict:
    """What `ironscribe eval` says of transcripts by name."""
    hypotheses = folder / "hypotheses"
    hypotheses.mkdir(exist_ok=True)
    for old in hypotheses.iterdir():
        old.unlink()
    lines = []
    for utterance in utterances:
        name = utterance.path.stem
        (hypotheses / f"{name}.json").write_text(json.dumps(transcripts[name]))
        lines.append(json.dumps({"audio": str(utterance.path), "text": utterance.text, "id": name,
                                 "language": "en"}))
    (folder / "manifest.jsonl").write_text("\n".join(lines) + "\n")
    result = folder / "result.json"
    run = subprocess.run([measure.PROGRAM, "eval", folder / "manifest.jsonl", "--hypotheses", hypotheses,
                          "--normalizer", "english", "--json", result], capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"ironscribe eval ended with {run.returncode}: {run.stderr[-2000:]}")
    return json.loads(result.read_text())


def with_confidence(transcript: dict, of_word) -> dict:
    copy = json.loads(json.dumps(transcript))
    for segment in copy["segments"]:
        for word in segment["words"]:
            word["confidence"] = of_word(word)
    return copy


def expected_error(points: list[tuple[float, float]]) -> float:
    """As src/eval/calibration.cc: equal confidences share what is right."""
    points = sorted(points)
    shared, begin = [], 0
    while begin < len(points):
        end = begin
        while end < len(points) and points[end][0] == points[begin][0]:
            end += 1
        right = sum(right for _, right in points[begin:end]) / (end - begin)
        shared += [(points[begin][0], right)] * (end - begin)
        begin = end
    error = 0.0
    for index in range(BINS):
        part = shared[index * len(shared) // BINS:(index + 1) * len(shared) // BINS]
        error += abs(sum(right - confidence for confidence, right in part)) / len(shared)
    return error


def interval(utterances: list[list[tuple[float, float]]]) -> tuple[float, float]:
    rng = random.Random(1)
    draws = sorted(expected_error([point for points in rng.choices(utterances, k=len(utterances))
                                   for point in points]) for _ in range(REPLICATES))
    return draws[REPLICATES // 40], draws[-REPLICATES // 40 - 1]


def by_chance(points: list[tuple[float, float]]) -> float:
    rng = random.Random(1)
    return sum(expected_error([(confidence, rng.random() < confidence) for confidence, _ in points])
               for _ in range(CHANCE_DRAWS)) / CHANCE_DRAWS


def words_right(text: str, transcript: dict, value_of) -> list[tuple[float, bool]]:
    """Of each word its value and whether it is right."""
    heard = [TimedWord(word["word"], value_of(word)) for segment in transcript["segments"]
             for word in segment["words"]]
    left = by_word([TimedWord(word, 0) for word in text.split()])
    right = by_word(heard)
    matched = {j for _, j in matches([word for word, _ in left], [word for word, _ in right])}
    return [(word.start, j in matched) for j, (_, word) in enumerate(right)]


class Confidence:
    """Transcripts of the utterances by several models, and what their confidences are worth."""

    def __init__(self, data: pathlib.Path, models: list[str], folder: pathlib.Path):
        self.folder = folder
        self.utterances = recordings.librispeech(data)
        cases = [measure.Case(utterance.path, []) for utterance in self.utterances]
        self.transcripts = {model: measure.transcribe(cases, model) for model in models}
        intercept, slope = constants()
        self.odds = lambda word: (log_odds(word["confidence"]) - intercept) / slope

    def of_speakers(self, speakers) -> list:
        return [u for u in self.utterances if u.path.stem.split("-")[0] in speakers]

    def fit(self, speakers) -> tuple[float, float]:
        """One map for all models."""
        return fit([point for transcripts in self.transcripts.values()
                    for u in self.of_speakers(speakers)
                    for point in words_right(u.text, transcripts[u.path.stem], self.odds)])

    def points(self, model: str, speakers, of_word) -> list[list[tuple[float, bool]]]:
        """Of each utterance."""
        transcripts = self.transcripts[model]
        return [words_right(u.text, transcripts[u.path.stem], of_word)
                for u in self.of_speakers(speakers)]

    def error(self, model: str, speakers, of_word) -> float:
        utterances = self.of_speakers(speakers)
        changed = {u.path.stem: with_confidence(self.transcripts[model][u.path.stem], of_word)
                   for u in utterances}
        error = evaluate(utterances, changed, self.folder)["calibration"]["expected_error"]
        own = expected_error([point for points in self.points(model, speakers, of_word)
                              for point in points])
        if abs(own - error) > PAIRING_TOLERANCE:
            raise RuntimeError(f"eval says {error:.3f}, the words paired here {own:.3f}")
        return error


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--models", default="tiny.en,base")
    arguments = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as temporary:
        confidence = Confidence(arguments.data, arguments.models.split(","), pathlib.Path(temporary))
        speakers = sorted({u.path.stem.split("-")[0] for u in confidence.utterances})
        halves = speakers[:len(speakers) // 2], speakers[len(speakers) // 2:]
        print("expected calibration error of words, on speakers that the map was not fitted on")
        print(f"{'model':8} {'speakers':16} words probability  fitted elsewhere  95 % interval  by chance")
        for fitted_on, held_out in (halves, halves[::-1]):
            intercept, slope = confidence.fit(fitted_on)
            for model in confidence.transcripts:
                raw = confidence.error(model, held_out, lambda word: word["probability"])

                def of_map(word):
                    return probability(intercept, slope, confidence.odds(word))

                mapped = confidence.error(model, held_out, of_map)
                points = confidence.points(model, held_out, of_map)
                every = [point for utterance in points for point in utterance]
                low, high = interval(points)
                missed = mapped > LIMIT
                failed |= missed
                print(f"{model:8} {' '.join(held_out):16} {len(every):5} {raw:11.3f} {mapped:17.3f}"
                      f"  {low:.3f} to {high:.3f} {by_chance(every):10.3f}"
                      f"{'  MISSED' if missed else ''}")
            print(f"  fitted on {' '.join(fitted_on)}: intercept {intercept:.2f}, slope {slope:.2f}")
        print("the program's, fitted on all six, so no figure of it is of other speakers: "
              "intercept %.2f, slope %.2f" % confidence.fit(speakers))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
