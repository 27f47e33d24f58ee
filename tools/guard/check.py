"""Does the guard leave out what nobody said, and nothing else? Runs the program as a user would.

    check.py DATA [--models tiny.en,base] [--segmentations sequential,fixed,vad] [--tuning]

DATA is the folder with noise, telephone and librispeech-other. Prints one line for each question;
ends with 1 if an answer is not what docs/decisions/0012-guard.md asks for. With --tuning only the
sounds that thresholds may be set on are used.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import wave

import numpy as np

import sounds

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "accuracy"))
import recordings  # noqa: E402
import word_errors  # noqa: E402

PROGRAM = ROOT / "build" / "release" / "ironscribe"
GAINS_DB = (-30, -15, 0, 10)
SOUND_SECONDS = 40
SILENT_SECONDS = 600  # What is repeated or kept up for ten minutes.
SNRS_DB = (20, 10, 5, 0)
PADDING_SECONDS = 1.0


def write(path: pathlib.Path, samples: np.ndarray) -> pathlib.Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, sounds.RATE, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def read(path: pathlib.Path) -> np.ndarray:
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-ac", "1",
               "-ar", str(sounds.RATE), "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, "<f4")


def transcribe(paths: list, model: str, *flags: str) -> dict:
    """Transcripts by the name of the recording."""
    with tempfile.TemporaryDirectory() as folder:
        command = [PROGRAM, "transcribe", *paths, "--model", model, "--format", "json",
                   "--output-dir", folder, "--progress", "none", "--quiet", *flags]
        run = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        if run.returncode != 0:
            raise RuntimeError(f"ironscribe ended with {run.returncode}: {run.stderr[-2000:]}")
        return {path.stem: json.loads((pathlib.Path(folder) / (path.stem + ".json")).read_text())
                for path in paths}


class Answers:
    def __init__(self):
        self.failed = False

    def say(self, question: str, answer: str, passed: bool):
        self.failed |= not passed
        print(f"{'ok  ' if passed else 'FAIL'}  {question}: {answer}", flush=True)


def quiet_recordings(data: pathlib.Path, folder: pathlib.Path, tuning: bool) -> list:
    """Everything without a word, by name."""
    made = {"silence": np.zeros(SILENT_SECONDS * sounds.RATE)}
    for name, recipe, seed, held_out in sounds.all_sounds():
        if tuning and held_out:
            continue
        made[name] = sounds.make(recipe, seed, SOUND_SECONDS)
    if not tuning:
        for path in sorted(data.glob("noise/*/*.flac")):
            samples = read(path)
            made[f"recorded-{path.stem}"] = np.tile(
                samples, SILENT_SECONDS * sounds.RATE // len(samples) + 1)
    paths = []
    for name, samples in made.items():
        for gain_db in GAINS_DB if name != "silence" else (0,):
            paths.append(write(folder / f"{name}@{gain_db}.wav", samples * 10 ** (gain_db / 20)))
    return paths


def check_noise(answers, paths, model, segmentation, guard="on"):
    texts = transcribe(paths, model, "--segmentation", segmentation, "--guard", guard)
    wrong = {name: text for name, text in texts.items() if text["text"].strip()}
    characters = sum(len(text["text"].strip()) for text in wrong.values())
    answers.say(f"{model}, {segmentation}, guard {guard}: text on {len(paths)} sounds without words",
                f"{characters} characters in {len(wrong)}", not wrong or guard == "off")
    for name, text in sorted(wrong.items())[:0 if guard == "off" else 40]:
        for segment in text["segments"]:
            print(f"        {name} {segment['start']:.1f}-{segment['end']:.1f} "
                  f"logprob {segment['avg_logprob']:.2f} no-speech {segment['no_speech_prob']:.2f} "
                  f"ratio {segment['compression_ratio']:.2f} "
                  f"temperature {segment['temperature']:.1f}: {segment['text'][:60]!r}")


def check_digits(answers, data, folder, model, segmentation):
    padding = np.zeros(int(PADDING_SECONDS * sounds.RATE))
    for gain_db in (0, -30):
        paths = [write(folder / f"{path.stem}@{gain_db}.wav",
                       np.concatenate([padding, read(path), padding]) * 10 ** (gain_db / 20))
                 for path in sorted((data / "telephone" / "digits-8k").glob("*.wav"))]
        with_guard, without = (transcribe(paths, model, "--segmentation", segmentation, "--guard",
                                          guard, "--language", "en") for guard in ("on", "off"))
        said = "zero one two three four five six seven eight nine".split()
        words = [said[int(path.stem[0])] for path in paths]
        right = lambda texts, path, word: (  # noqa: E731
            word in texts[path.stem]["text"].lower() or path.stem[0] in texts[path.stem]["text"])
        known = [right(without, path, word) for path, word in zip(paths, words)]
        lost = [path.stem for path, word, is_known in zip(paths, words, known)
                if is_known and not right(with_guard, path, word)]
        answers.say(f"{model}, {segmentation}: digits at {gain_db} dB lost of {sum(known)} recognised",
                    f"{len(lost)} {' '.join(lost[:5])}", not lost)


def check_words(answers, data, folder, model, segmentation):
    """Real speech in noise: the guard must not cost words."""
    random = np.random.default_rng(1)
    utterances = recordings.librispeech(data)
    noises = [read(path) for path in sorted(data.glob("noise/noise/*.flac"))]
    for snr_db in SNRS_DB:
        paths = []
        for utterance in utterances:
            speech = read(utterance.path)
            noise = noises[random.integers(len(noises))]
            noise = np.tile(noise, len(speech) // len(noise) + 1)[:len(speech)]
            scale = np.sqrt(np.mean(speech**2) / max(np.mean(noise**2), 1e-12)) * 10 ** (-snr_db / 20)
            paths.append(write(folder / f"{utterance.path.stem}@{snr_db}.wav", speech + scale * noise))
        rates = {}
        for guard in ("on", "off"):
            texts = transcribe(paths, model, "--segmentation", segmentation, "--guard", guard,
                               "--language", "en")
            rates[guard] = sum(
                (word_errors.count(utterance.text, texts[path.stem]["text"])
                 for utterance, path in zip(utterances, paths)), word_errors.Errors()).percent
        answers.say(f"{model}, {segmentation}: WER at {snr_db} dB of noise, with and without",
                    f"{rates['on']:.2f} {rates['off']:.2f}", rates["on"] <= rates["off"] + 0.3)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--models", default="tiny.en,base")
    parser.add_argument("--segmentations", default="sequential,fixed,vad")
    parser.add_argument("--questions", default="noise,digits,words")
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--also-without", action="store_true", help="show noise with the guard off")
    arguments = parser.parse_args()
    answers = Answers()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        questions = arguments.questions.split(",")
        paths = quiet_recordings(arguments.data, folder, arguments.tuning) \
            if "noise" in questions else []
        for model in arguments.models.split(","):
            for segmentation in arguments.segmentations.split(","):
                if "noise" in questions:
                    check_noise(answers, paths, model, segmentation)
                    if arguments.also_without:
                        check_noise(answers, paths, model, segmentation, "off")
                if "digits" in questions:
                    check_digits(answers, arguments.data, folder, model, segmentation)
                if "words" in questions:
                    check_words(answers, arguments.data, folder, model, segmentation)
    sys.exit(1 if answers.failed else 0)


if __name__ == "__main__":
    main()
