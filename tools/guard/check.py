"""Does the guard leave out what nobody said, and nothing else? Runs the program as a user would.

    check.py DATA [--models tiny.en,base] [--segmentations sequential,fixed,vad] [--tuning]

DATA is the folder with noise, telephone and librispeech-other. Prints one line for each question;
ends with 1 if an answer is not what docs/decisions/0012-guard.md asks for. With --tuning only the
sounds that thresholds may be set on are used.
"""

import argparse
import difflib
import pathlib
import sys
import tempfile

import numpy as np

import sounds

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "accuracy"))
import recordings  # noqa: E402
import word_errors  # noqa: E402
from answers import Answers  # noqa: E402
from ironscribe_cli import transcribe  # noqa: E402
from sound_files import read, write  # noqa: E402

GAINS_DB = (-30, -15, 0, 10)
SOUND_SECONDS = 40
SILENT_SECONDS = 600  # What is repeated or kept up for ten minutes.
SNRS_DB = (20, 10, 5, 0)
PADDING_SECONDS = 1.0
GAP_SECONDS = 60
GAPS_TOGETHER = 10  # In one recording.
GAP_GAINS_DB = (0, -15, 10)
TIMES_MAY_BE_WRONG_SECONDS = 1.0


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
    wrong = {path.stem: text for path, text in texts.items() if text["text"].strip()}
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
            word in texts[path]["text"].lower() or path.stem[0] in texts[path]["text"])
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
                (word_errors.count(utterance.text, texts[path]["text"])
                 for utterance, path in zip(utterances, paths)), word_errors.Errors()).percent
        answers.say(f"{model}, {segmentation}: WER at {snr_db} dB of noise, with and without",
                    f"{rates['on']:.2f} {rates['off']:.2f}", rates["on"] <= rates["off"] + 0.3)


def gap_noises(data: pathlib.Path) -> list:
    """Recorded noises and one sound of each recipe."""
    noises = [read(path) for path in sorted(data.glob("noise/noise/*.flac"))]
    seen = set()
    for _, recipe, seed, _ in sounds.all_sounds():
        if recipe not in seen:
            seen.add(recipe)
            noises.append(sounds.make(recipe, seed, GAP_SECONDS))
    return [np.tile(noise, GAP_SECONDS * sounds.RATE // len(noise) + 1)[:GAP_SECONDS * sounds.RATE]
            for noise in noises]


def check_gaps(answers, data, folder, model, segmentation):
    """Utterances with a minute of noise between them: nothing may be written in the noise."""
    utterances = recordings.librispeech(data)
    speech = [read(utterance.path) for utterance in utterances]
    wrong, characters, seconds, errors = [], 0, 0, word_errors.Errors()
    noises = gap_noises(data)
    for part in range(0, len(noises), GAPS_TOGETHER):
        pieces, gaps, at, truth = [], [], 0.0, []
        for number, noise in enumerate(noises[part:part + GAPS_TOGETHER]):
            said = speech[(part + number) % len(speech)]
            truth.append(utterances[(part + number) % len(speech)].text)
            at += len(said) / sounds.RATE
            gaps.append((at, at + GAP_SECONDS))
            at += GAP_SECONDS
            pieces += [said, noise * 10 ** (GAP_GAINS_DB[number % len(GAP_GAINS_DB)] / 20)]
        path = write(folder / f"gaps{part}.wav", np.concatenate(pieces))
        text = transcribe([path], model, "--segmentation", segmentation, "--word-times",
                          "--language", "en")[path]
        errors += word_errors.count(" ".join(truth), text["text"])
        seconds += GAP_SECONDS * len(gaps)
        for word in (word for segment in text["segments"] for word in segment["words"]):
            middle = (word["start"] + word["end"]) / 2
            if any(begin + TIMES_MAY_BE_WRONG_SECONDS < middle < end - TIMES_MAY_BE_WRONG_SECONDS
                   for begin, end in gaps):
                characters += len(word["word"].strip())
                wrong.append(f"{path.stem} {middle:.1f} s: {word['word'].strip()}")
    answers.say(f"{model}, {segmentation}: text in {seconds / 60:.0f} minutes of noise between "
                f"utterances (WER of all {errors.percent:.2f})", f"{characters} characters", not wrong)
    for place in wrong[:20]:
        print(f"        {place}")


def all_real(data: pathlib.Path) -> list:
    """Every real recording, those without a text included."""
    known = recordings.librispeech(data) + recordings.languages(data) + recordings.more_languages(data)
    paths = {recording.path for recording in known}
    others = sorted(path for folder in ("conversation", "telephone")
                    for path in (data / folder).iterdir() if path.suffix in (".flac", ".mp3"))
    return known + [recordings.Recording(path, "") for path in others if path not in paths]


def timed_units(text: dict, language: str) -> list:
    """Units of a transcript with the middle of the word that each stands in."""
    return [(unit, (word["start"] + word["end"]) / 2)
            for segment in text["segments"] for word in segment["words"]
            for unit in word_errors.units(word["word"], language)]


def right_words(truth: str, text: dict, language: str) -> list:
    """Times of the words of a transcript that stand in the truth too, in order."""
    heard = timed_units(text, language)
    matcher = difflib.SequenceMatcher(None, word_errors.units(truth, language),
                                      [unit for unit, _ in heard], autojunk=False)
    return [heard[block.b + i][1] for block in matcher.get_matching_blocks()
            for i in range(block.size)]


def loops(units: list) -> bool:
    return any(units[i:i + 5] == units[i + 5:i + 10] == units[i + 10:i + 15]
               for i in range(len(units) - 14))


def check_real(answers, data, folder, model, segmentation):
    """All real recordings: no loops, no word lost in what is dropped, no speech without text."""
    names = {}
    for recording in all_real(data):
        if model.endswith(".en") and recording.language != "en":
            continue
        name = f"{recording.path.parent.name}-{recording.path.name}"
        link = folder / name
        if not link.exists():
            link.symlink_to(recording.path.resolve())
        names[link] = recording
    flags = ("--segmentation", segmentation, "--word-times")
    texts = transcribe(list(names), model, *flags)
    unguarded = transcribe(list(names), model, *flags, "--guard", "off")
    looping, lost, total, dropped, missed = [], 0, 0, 0.0, []
    for link, recording in names.items():
        text = texts[link]
        spoken = word_errors.units(recording.text, recording.language)
        if loops([u for u, _ in timed_units(text, recording.language)]) and not loops(spoken):
            looping.append(link.stem)
        spans = [(span["start"], span["end"]) for span in text["dropped"]]
        dropped += sum(end - begin for begin, end in spans)
        total += len(spoken)
        lost += sum(any(begin <= at <= end for begin, end in spans)
                    for at in right_words(recording.text, unguarded[link], recording.language))
        if text["speech"]["without_text"] > 0:
            missed.append((text["speech"]["without_text"], text["speech"]["seconds"], link.stem))
    answers.say(f"{model}, {segmentation}: recordings of {len(names)} with a 5-gram three times in "
                "succession", f"{len(looping)} {' '.join(looping[:5])}", not looping)
    answers.say(f"{model}, {segmentation}: right words of {total} in the {dropped:.1f} s left out",
                f"{lost} ({100 * lost / max(total, 1):.2f} %)", lost <= 0.001 * total)
    print(f"      {model}, {segmentation}: speech without text, by recording "
          f"({len(missed)} of {len(names)} have some)")
    for without, seconds, name in sorted(missed, reverse=True)[:20]:
        print(f"        {without:6.1f} of {seconds:6.1f} s  {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--models", default="tiny.en,base")
    parser.add_argument("--segmentations", default="sequential,fixed,vad")
    parser.add_argument("--questions", default="noise,gaps,digits,words,real")
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
                if "gaps" in questions:
                    check_gaps(answers, arguments.data, folder, model, segmentation)
                if "real" in questions:
                    check_real(answers, arguments.data, folder, model, segmentation)
                if "digits" in questions:
                    check_digits(answers, arguments.data, folder, model, segmentation)
                if "words" in questions:
                    check_words(answers, arguments.data, folder, model, segmentation)
    sys.exit(1 if answers.failed else 0)


if __name__ == "__main__":
    main()
