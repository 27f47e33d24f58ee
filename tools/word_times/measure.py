"""How far word times are from where the words are.

    measure.py DATA [--models tiny.en,base] [--segmentations sequential,vad] [--json FILE]

DATA is the folder with languages and librispeech-other. Word times of the program are compared with
those of languages/test_data.json, of a forced alignment of the 60 utterances of librispeech-other, and
of synthetic speech; then with those of the same recordings with silence in them. Ends with 1 if one of
the aims is missed.
"""

import argparse
import dataclasses
import json
import pathlib
import subprocess
import sys
import tempfile
import wave

import forced_alignment
import synthetic_speech
from timed_words import Differences, TimedWord, row

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "accuracy"))
import recordings  # noqa: E402

PROGRAM = ROOT / "build" / "release" / "ironscribe"
RATE = 16000
_WITHOUT_SPACES = {"ja"}


@dataclasses.dataclass
class Case:
    path: pathlib.Path
    words: list[TimedWord]
    language: str = "en"
    group: str = ""


def transcribe(cases: list[Case], model: str, *flags: str) -> dict[str, dict]:
    """Transcripts by the name of the recording."""
    transcripts = {}
    with tempfile.TemporaryDirectory() as folder:
        for language in sorted({case.language for case in cases}):
            paths = [case.path for case in cases if case.language == language]
            command = [PROGRAM, "transcribe", *paths, "--model", model, "--format", "json",
                       "--word-times", "--language", language, "--output-dir", folder,
                       "--progress", "none", "--quiet", *flags]
            run = subprocess.run([str(part) for part in command], capture_output=True, text=True)
            if run.returncode != 0:
                raise RuntimeError(f"ironscribe ended with {run.returncode}: {run.stderr[-2000:]}")
            for path in paths:
                text = (pathlib.Path(folder) / (path.stem + ".json")).read_text()
                transcripts[path.stem] = json.loads(text)
    return transcripts


def words_of(transcript: dict) -> list[TimedWord]:
    return [TimedWord(word["word"].strip(), word["start"], word["end"])
            for segment in transcript["segments"] for word in segment["words"]]


def to_wave(path: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    wave_path = folder / (path.stem + ".wav")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(path), "-ac", "1", "-ar", str(RATE),
                    "-c:a", "pcm_s16le", "-fflags", "+bitexact", "-flags:a", "+bitexact",
                    str(wave_path)], check=True)
    return wave_path


def from_test_data(data: pathlib.Path) -> list[Case]:
    folder = data / "languages"
    tests = json.loads((folder / "test_data.json").read_text())["tests"]["language_tests"]
    return [Case(folder / (pathlib.Path(test["audio_file"]).stem + ".flac"),
                 [TimedWord(word["word"], word["start_sec"], word["end_sec"])
                  for word in test["words"]], test["language"]) for test in tests]


def from_forced_alignment(data: pathlib.Path, folder: pathlib.Path) -> list[Case]:
    utterances = recordings.librispeech(data)
    for utterance in utterances:
        to_wave(utterance.path, folder)
    aligned = forced_alignment.align({u.path.stem: u.text for u in utterances}, folder)
    if len(aligned) < len(utterances):
        print(f"forced alignment failed for {len(utterances) - len(aligned)} utterances")
    return [Case(u.path, aligned[u.path.stem], group=u.path.stem.split("-")[0]) for u in utterances
            if u.path.stem in aligned]


def from_synthesis(data: pathlib.Path, folder: pathlib.Path, name: str) -> list[Case]:
    """Sentences of the same speakers' books; each synthesiser has its own half."""
    make, half = {"espeak-ng": (synthetic_speech.by_espeak, 0),
                  "festival": (synthetic_speech.by_festival, 1)}[name]
    texts = {f"{name}-{u.path.stem}": u.text.lower() for u in recordings.librispeech(data)[half::2]}
    return [Case(folder / f"{key}.wav", words) for key, words in make(texts, folder).items()]


def with_gaps(cases: list[Case], folder: pathlib.Path) -> list[Case]:
    """All in one recording, with silence of up to 20 s between and a little noise in some of it."""
    import random
    rng = random.Random(1)
    samples, words = bytearray(), []
    for index, case in enumerate(cases):
        gap = rng.choice([0, 1, 3, 8, 20]) * RATE
        amplitude = 30 if index % 3 == 0 else 0
        for _ in range(gap):
            samples += rng.randint(-amplitude, amplitude).to_bytes(2, "little", signed=True)
        offset = len(samples) / 2 / RATE
        words += [TimedWord(w.text, w.start + offset, w.end + offset) for w in case.words]
        with wave.open(str(folder / (case.path.stem + ".wav"))) as file:
            samples += file.readframes(file.getnframes())
    path = folder / "joined.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(bytes(samples))
    return [Case(path, words)]


def check_order(transcript: dict) -> list[str]:
    """What no word may be: without time, empty, absurdly long, before the one in front of it."""
    problems, last = [], 0.0
    for segment in transcript["segments"]:
        if segment["text"].strip() and not segment["words"]:
            problems.append(f"no words: {segment['text']!r}")
        for word in segment["words"]:
            length = word["end"] - word["start"]
            if not 0.02 <= length + 1e-6 <= 3.0 + 1e-6:
                problems.append(f"{length:.2f} s: {word}")
            if word["start"] < last - 1e-6:
                problems.append(f"begins before {last}: {word}")
            last = word["end"]
    return problems


# Of starts: what is measured, the figure, the limit.
AIMS = {"test data": [("median", 60), ("p90", 200)], "forced alignment": [("in200", 90)],
        "joined with gaps": [("in200", 90)], "espeak-ng": [("in100", 90)],
        "festival": [("in100", 90)]}


def misses(name: str, figures: dict) -> list[str]:
    return [f"{key} {figures[key]:.1f} (aim {limit})" for key, limit in AIMS[name]
            if (figures[key] < limit if key.startswith("in") else figures[key] > limit)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--models", default="tiny.en,base")
    parser.add_argument("--segmentations", default="sequential,vad")
    parser.add_argument("--sources", default=",".join(AIMS))
    parser.add_argument("--flags", default="", help="more flags of transcribe")
    parser.add_argument("--json", type=pathlib.Path, help="write all figures here")
    arguments = parser.parse_args()
    figures, failed = [], False
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        aligned = from_forced_alignment(arguments.data, folder)
        sources = {"test data": from_test_data(arguments.data), "forced alignment": aligned,
                   "joined with gaps": with_gaps(aligned, folder)}
        for name in ("espeak-ng", "festival"):
            sources[name] = from_synthesis(arguments.data, folder, name)
        print("times in ms, shares of words in percent", flush=True)
        print(f"{'model':8} {'windows':10} {'source':17} border  words   bias median    p90 "
              "<=50 <=100 <=200")
        for model in arguments.models.split(","):
            for segmentation in arguments.segmentations.split(","):
                for name in arguments.sources.split(","):
                    cases = [case for case in sources[name]
                             if case.language == "en" or not model.endswith(".en")]
                    transcripts = transcribe(cases, model, "--segmentation", segmentation,
                                             *arguments.flags.split())
                    differences = Differences()
                    for case in cases:
                        transcript = transcripts[case.path.stem]
                        differences.add(case.words, words_of(transcript),
                                        case.language not in _WITHOUT_SPACES)
                        for problem in check_order(transcript):
                            failed = True
                            print(f"        FAIL {case.path.stem}: {problem}")
                    for border, values in (("start", differences.starts), ("end", differences.ends)):
                        if not values:
                            continue
                        found = row(values)
                        figures.append({"model": model, "segmentation": segmentation,
                                        "source": name, "border": border, **found})
                        missed = misses(name, found) if border == "start" else []
                        failed |= bool(missed)
                        print(f"{model:8} {segmentation:10} {name:17} {border:6} {found['words']:6} "
                              f"{found['bias']:+6.0f} {found['median']:6.0f} {found['p90']:6.0f} "
                              f"{found['in50']:4.0f} {found['in100']:5.1f} {found['in200']:5.1f}"
                              f"{'  MISSED ' + ', '.join(missed) if missed else ''}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
