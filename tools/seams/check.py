"""Is anything lost where a recording is cut? The utterances of LibriSpeech, joined with gaps.

    check.py DATA [--models tiny.en,base] [--lead-ins 3]

Joins the utterances with gaps of half a second and of 0 to 20 seconds, in every other gap a noise,
and transcribes the whole with each segmentation. Windows that do not know of each other (fixed, vad)
may have a WER at most 0.7 above one window after another without the text before, and must not miss
three words in succession that it has. Ends with 1 if they do. Means over lead-ins of 1 to 20 ms,
because all of them depend on where windows happen to begin.
"""

import argparse
import pathlib
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "accuracy"))
import recordings  # noqa: E402
import word_errors  # noqa: E402
from answers import Answers  # noqa: E402
from ironscribe_cli import transcribe  # noqa: E402
from sound_files import RATE, read, write  # noqa: E402

MAX_GAP_SECONDS = 20
NOISE_DB = -15  # As recorded, they are louder than the speech.
MAX_WORSE_PERCENT = 0.7
MAX_MISSED_WORDS = 2
SEED = 1

# What others are measured against first.
MODES = {
    "sequential": ("--segmentation", "sequential", "--no-condition-on-previous-text"),
    "fixed": ("--segmentation", "fixed"),
    "vad": ("--segmentation", "vad"),
}


def joined(speech: list, noises: list, gaps: str, random) -> np.ndarray:
    parts = []
    for number, samples in enumerate(speech):
        seconds = 0.5 if gaps == "short" else random.uniform(0, MAX_GAP_SECONDS)
        gap = np.zeros(int(seconds * RATE), np.float32)
        if gaps == "long" and number % 2 == 1:
            noise = noises[random.integers(len(noises))]
            noise = np.tile(noise, len(gap) // len(noise) + 1)[:len(gap)]
            gap = noise * 10 ** (NOISE_DB / 20)
        parts += [samples, gap]
    return np.concatenate(parts)


def missed_in_succession(truth: str, text: str, text_of_other: str) -> int:
    """Most words in a row that `text` misses and the other has."""
    most = count = 0
    for here, there in zip(word_errors.missing(truth, text),
                           word_errors.missing(truth, text_of_other)):
        count = count + 1 if here and not there else 0
        most = max(most, count)
    return most


def check(answers, model: str, gaps: str, truth: str, paths: list):
    texts = {mode: transcribe(paths, model, "--language", "en", *flags)
             for mode, flags in MODES.items()}
    rates = {mode: float(np.mean([word_errors.count(truth, text[path]["text"]).percent
                                  for path in paths])) for mode, text in texts.items()}
    for mode in list(MODES)[1:]:
        answers.say(f"{model}, {gaps} gaps: WER of {mode} and sequential",
                    f"{rates[mode]:.2f} {rates['sequential']:.2f}",
                    rates[mode] <= rates["sequential"] + MAX_WORSE_PERCENT)
        missed = [missed_in_succession(truth, texts[mode][path]["text"],
                                       texts["sequential"][path]["text"]) for path in paths]
        answers.say(f"{model}, {gaps} gaps: most words in succession that {mode} misses and "
                    "sequential has, by lead-in", " ".join(map(str, missed)),
                    max(missed) <= MAX_MISSED_WORDS)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--models", default="tiny.en,base")
    parser.add_argument("--lead-ins", type=int, default=3)
    arguments = parser.parse_args()
    answers = Answers()
    utterances = recordings.librispeech(arguments.data)
    speech = [read(utterance.path) for utterance in utterances]
    noises = [read(path) for path in sorted(arguments.data.glob("noise/noise/*.flac"))]
    truth = " ".join(utterance.text for utterance in utterances)
    with tempfile.TemporaryDirectory() as temporary:
        for gaps in ("short", "long"):
            random = np.random.default_rng(SEED)
            whole = joined(speech, noises, gaps, random)
            paths = []
            for number in range(arguments.lead_ins):
                lead_in = np.zeros(random.integers(1, 21) * RATE // 1000, np.float32)
                paths.append(write(pathlib.Path(temporary) / f"{gaps}{number}.wav",
                                   np.concatenate([lead_in, whole])))
            for model in arguments.models.split(","):
                check(answers, model, gaps, truth, paths)
    print(f"seed {SEED}")
    sys.exit(1 if answers.failed else 0)


if __name__ == "__main__":
    main()
