"""The recordings that accuracy is measured on, with their true texts."""

import csv
import dataclasses
import json
import pathlib

DEBIAN = pathlib.Path("/usr/share/pocketsphinx/test/data/librivox")


class MissingData(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Recording:
    path: pathlib.Path
    text: str
    language: str = "en"


def _existing(path: pathlib.Path) -> pathlib.Path:
    if not path.exists():
        raise MissingData(f"{path} is missing")
    return path


def librispeech(data: pathlib.Path) -> list[Recording]:
    """60 utterances of LibriSpeech test-other, six speakers."""
    folder = data / "librispeech-other"
    recordings = []
    for line in _existing(folder / "transcripts.tsv").read_text().splitlines():
        name, text = line.split("\t", 1)
        recordings.append(Recording(_existing(folder / name.split("-")[0] / f"{name}.flac"), text))
    return recordings


def languages(data: pathlib.Path) -> list[Recording]:
    """One clip in each of eight languages."""
    folder = data / "languages"
    tests = json.loads(_existing(folder / "test_data.json").read_text())["tests"]["language_tests"]
    return [Recording(_existing(folder / (pathlib.Path(test["audio_file"]).stem + ".flac")),
                      test["transcript"], test["language"]) for test in tests]


def more_languages(data: pathlib.Path) -> list[Recording]:
    """A Russian and a Mandarin clip."""
    folder = data / "languages"
    with open(_existing(folder / "ru.csv"), newline="") as table:
        russian = next(csv.DictReader(table))["transcript"]
    mandarin = _existing(folder / "zh_aishell.text").read_text().splitlines()[0].split(maxsplit=1)[1]
    return [Recording(_existing(folder / "ru.flac"), russian, "ru"),
            Recording(_existing(folder / "zh_aishell.flac"), mandarin, "zh")]


def debian() -> list[Recording]:
    """LibriVox sentences of Debian's pocketsphinx-testdata."""
    recordings = []
    for line in _existing(DEBIAN / "transcription").read_text().splitlines():
        text, name = line.rsplit(" (", 1)
        text = text.replace("<s>", "").replace("</s>", "").strip()
        recordings.append(Recording(_existing(DEBIAN / (name.rstrip(")") + ".wav")), text))
    return recordings
