"""Writes the golden tables of the text normalisers: what openai-whisper makes of invented sentences,
and hashes of what it makes of the reference texts of a data folder (the texts themselves stay there).

Usage: make_normalizer_golden.py DATA_FOLDER src/text/testdata
"""

import importlib.util
import json
import pathlib
import sys

FNV_OFFSET, FNV_PRIME = 0xcbf29ce484222325, 0x100000001b3


def load_normalizers():
    """whisper.normalizers alone; the whole package would load PyTorch."""
    package = pathlib.Path(importlib.util.find_spec("whisper").origin).parent
    sys.path.insert(0, str(package))
    import normalizers
    return normalizers


def fnv1a(text: str) -> str:
    value = FNV_OFFSET
    for byte in text.encode():
        value = (value ^ byte) * FNV_PRIME % 2**64
    return f"{value:016x}"


def escape(text: str) -> str:
    """As the other tables: every byte but printable ASCII is \\xNN, a backslash is doubled."""
    return "".join("\\\\" if byte == 0x5c else chr(byte) if 0x20 <= byte < 0x7f else f"\\x{byte:02x}"
                   for byte in text.encode())


def sentences(path: pathlib.Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(f'"{line}"') for line in lines if line and not line.startswith("# ")]


def reference_texts(data: pathlib.Path):
    """(name, text, whether it is English) of every reference text."""
    for line in (data / "librispeech-other/transcripts.tsv").read_text().splitlines():
        name, text = line.split("\t")
        yield f"librispeech-other/{name}", text, True
    tests = json.loads((data / "languages/test_data.json").read_text())["tests"]
    for number, test in enumerate(tests["language_tests"]):
        for key in ("transcript", "transcript_with_punctuation"):
            yield f"languages/{number}/{key}", test[key], test["language"] == "en"
    for number, test in enumerate(tests["diarization_tests"]):
        text = " ".join(word["word"] for word in test["words"])
        yield f"diarization/{number}", text, test["language"] == "en"


def write(path: pathlib.Path, rows) -> None:
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    print(f"{path}: {len(rows)} rows")


def main(data: pathlib.Path, out: pathlib.Path) -> None:
    normalizers = load_normalizers()
    english = normalizers.EnglishTextNormalizer()
    basic = normalizers.BasicTextNormalizer()
    bare = normalizers.BasicTextNormalizer(remove_diacritics=True)
    inputs = sentences(out / "normalizer_sentences.txt")
    write(out / "english_normalizer.tsv", [(escape(s), escape(english(s))) for s in inputs])
    others = inputs[::8] + sentences(out / "basic_sentences.txt")
    write(out / "basic_normalizer.tsv",
          [(escape(s), escape(basic(s)), escape(bare(s))) for s in others])
    write(out / "reference_hashes.tsv",
          [(name, fnv1a(english(text)) if is_english else "-", fnv1a(basic(text)))
           for name, text, is_english in reference_texts(data)])


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
