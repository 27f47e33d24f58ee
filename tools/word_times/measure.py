"""How far word times are from where the words are.

    measure.py DATA [--models tiny.en,base] [--windows sequential,vad,reference] [--json FILE]

DATA is the folder with languages and librispeech-other. Word times of the program are compared with
those of languages/test_data.json, of a forced alignment of the 60 utterances of librispeech-other, and
of synthetic speech; then with those of the same recordings with silence in them. Windows are those of
--segmentation, or openai-whisper's own times (--reference). Speakers and recordings that constants were
chosen on stand in rows of their own, marked, and decide on no aim. Ends with 1 if an aim is missed.
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

# Attention's lag and the score of pauses were chosen on these speakers.
TUNED_ON = {"1688", "1998", "2033"}
# And the lag of base with a look at this.
TUNED_SOURCES = {("base", "test data")}


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


def held_out(cases: list[Case]) -> list[Case]:
    return [case for case in cases if case.group not in TUNED_ON]


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


class Table:
    """Rows as they are found, printed and kept."""

    def __init__(self):
        self.rows, self.failed = [], False
        print("times in ms, shares of words in percent; * constants were chosen on these")
        print(f"{'model':8} {'windows':10} {'source':24} border  words   bias median    p90 "
              "<=50 <=100 <=200", flush=True)

    def add(self, model: str, windows: str, source: str, differences: Differences, aim: str = "",
            tuned: bool = False):
        for border, values in (("start", differences.starts), ("end", differences.ends)):
            if not values:
                continue
            found = row(values)
            self.rows.append({"model": model, "windows": windows, "source": source,
                              "border": border, "tuned": tuned, **found})
            missed = misses(aim, found) if aim and border == "start" else []
            self.failed |= bool(missed)
            print(f"{model:8} {windows:10} {source + (' *' if tuned else ''):24} {border:6} "
                  f"{found['words']:6} {found['bias']:+6.0f} {found['median']:6.0f} "
                  f"{found['p90']:6.0f} {found['in50']:4.0f} {found['in100']:5.1f} "
                  f"{found['in200']:5.1f}{'  MISSED ' + ', '.join(missed) if missed else ''}",
                  flush=True)


def compare(cases: list[Case], transcripts: dict) -> Differences:
    differences = Differences()
    for case in cases:
        differences.add(case.words, words_of(transcripts[case.path.stem]),
                        case.language not in _WITHOUT_SPACES)
    return differences


def measure(table: Table, model: str, windows: str, name: str, cases: list[Case], flags: list[str]):
    chosen = ["--reference"] if windows == "reference" else ["--segmentation", windows]
    transcripts = transcribe(cases, model, *chosen, *flags)
    for case in cases:
        # The reference has words without a length.
        for problem in check_order(transcripts[case.path.stem]) if windows != "reference" else []:
            table.failed = True
            print(f"        FAIL {case.path.stem}: {problem}")
    aim = name if windows != "reference" else ""
    groups = sorted({case.group for case in cases})
    if groups == [""]:
        tuned = (model, name) in TUNED_SOURCES
        table.add(model, windows, name, compare(cases, transcripts), "" if tuned else aim, tuned)
        return
    table.add(model, windows, name, compare(held_out(cases), transcripts), aim)
    for group in sorted(groups, key=lambda group: (group in TUNED_ON, group)):
        own = [case for case in cases if case.group == group]
        table.add(model, windows, f"  speaker {group}", compare(own, transcripts),
                  tuned=group in TUNED_ON)


def check_sources(table: Table, sources: dict[str, list[Case]], folder: pathlib.Path):
    """The forced alignment and the test data against what is known better."""
    waves = folder / "checked"
    waves.mkdir()
    spoken = {name: sources[name] for name in ("espeak-ng", "festival")}
    spoken["test data"] = [case for case in sources["test data"] if case.language == "en"]
    for name, cases in spoken.items():
        for case in cases:
            to_wave(case.path, waves)
        texts = {case.path.stem: " ".join(word.text for word in case.words) for case in cases}
        aligned = forced_alignment.align(texts, waves)
        differences = Differences()
        for case in cases:
            words = aligned.get(case.path.stem)
            if words is None:
                continue
            # What is in doubt there are the times of the test data.
            pair = (words, case.words) if name == "test data" else (case.words, words)
            differences.add(*pair)
        if name == "test data":
            table.add("-", "-", "test data by alignment", differences)
        else:
            table.add("-", "-", f"alignment by {name}", differences)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--models", default="tiny.en,base")
    parser.add_argument("--windows", default="sequential,vad,reference")
    parser.add_argument("--sources", default=",".join(AIMS))
    parser.add_argument("--flags", default="", help="more flags of transcribe")
    parser.add_argument("--json", type=pathlib.Path, help="write all figures here")
    arguments = parser.parse_args()
    table = Table()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        aligned = from_forced_alignment(arguments.data, folder)
        sources = {"test data": from_test_data(arguments.data), "forced alignment": aligned,
                   "joined with gaps": with_gaps(held_out(aligned), folder)}
        for name in ("espeak-ng", "festival"):
            sources[name] = from_synthesis(arguments.data, folder, name)
        check_sources(table, sources, folder)
        for model in arguments.models.split(","):
            for windows in arguments.windows.split(","):
                for name in arguments.sources.split(","):
                    cases = [case for case in sources[name]
                             if case.language == "en" or not model.endswith(".en")]
                    measure(table, model, windows, name, cases, arguments.flags.split())
    if arguments.json:
        arguments.json.write_text(json.dumps(table.rows, indent=1) + "\n")
    sys.exit(1 if table.failed else 0)


if __name__ == "__main__":
    main()
