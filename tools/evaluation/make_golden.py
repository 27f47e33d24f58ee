"""Writes the golden files of src/eval: what jiwer and NIST's sclite and sc_stats say.

    python3 tools/evaluation/make_golden.py [--sctk FOLDER] [--install]

Needs jiwer (pip) and the Debian package sctk; --install fetches the latter with apt-get. Everything is
drawn from a fixed seed, so a second run writes the same files. See README.md beside this file.
"""

import argparse
import importlib.metadata
import pathlib
import random
import re
import subprocess
import tempfile

import jiwer

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "src" / "eval" / "testdata"
SEED = 20260509
LETTER = {"equal": "=", "substitute": "S", "delete": "D", "insert": "I"}
SCLITE_LETTER = {"C": "=", "S": "S", "D": "D", "I": "I"}

SENTENCES = [
    "the quick brown fox jumps over the lazy dog",
    "margaret said mister hale as he returned from showing his guest downstairs",
    "there is iron they say in all our blood and a grain or two perhaps is good",
    "you do not mean that you thought me so silly",
    "one two three four five six seven eight nine ten",
    "a rose is a rose is a rose",
    "wir haben heute keine zeit für lange gespräche",
    "que será será lo que tenga que ser será",
]


def random_pairs(rng: random.Random) -> list[tuple[list[str], list[str]]]:
    """Short random sequences over few words, so that ties between alignments are everywhere."""
    pairs = []
    for count, words, longest in [(220, "ab", 9), (220, "abc", 12), (120, "abcdefgh", 25)]:
        for _ in range(count):
            reference = [rng.choice(words) for _ in range(rng.randint(1, longest))]
            hypothesis = [rng.choice(words) for _ in range(rng.randint(1, longest))]
            pairs.append((reference, hypothesis))
    return pairs


def damaged(words: list[str], rng: random.Random, rate: float) -> list[str]:
    result = []
    for word in words:
        kind = rng.random()
        if kind < rate / 3:
            continue
        if kind < 2 * rate / 3:
            result.append(rng.choice(words))
            continue
        result.append(word)
        if kind < rate:
            result.append(rng.choice(words))
    return result


def sentence_pairs(rng: random.Random) -> list[tuple[list[str], list[str]]]:
    pairs = []
    for rate in (0.1, 0.3, 0.6, 0.9):
        for sentence in SENTENCES:
            words = sentence.split()
            pairs.append((words, damaged(words, rng, rate) or ["nothing"]))
    return pairs


def unit_operations(output) -> str:
    return "".join(LETTER[chunk.type] * max(chunk.ref_end_idx - chunk.ref_start_idx,
                                           chunk.hyp_end_idx - chunk.hyp_start_idx)
                   for chunk in output.alignments[0])


def trn(sentences: list[list[str]]) -> str:
    return "".join(f"{' '.join(words)} (speaker-{number:05d})\n"
                   for number, words in enumerate(sentences))


class Sctk:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder

    def sclite(self, references: list[list[str]], hypotheses: list[list[str]],
               title: str) -> str:
        """The sgml output: one path an utterance."""
        with tempfile.TemporaryDirectory() as temporary:
            place = pathlib.Path(temporary)
            (place / "ref.trn").write_text(trn(references), encoding="utf-8")
            (place / title).write_text(trn(hypotheses), encoding="utf-8")
            return subprocess.run(
                [self.folder / "sclite", "-e", "utf-8", "-s", "-i", "rm", "-r", "ref.trn", "trn",
                 "-h", title, "trn", title, "-o", "sgml", "stdout"],
                cwd=place, check=True, capture_output=True, text=True).stdout

    def operations(self, references: list[list[str]], hypotheses: list[list[str]]) -> list[str]:
        sgml = self.sclite(references, hypotheses, "system")
        found = {}
        for number, path in re.findall(r'<PATH id="\(speaker-(\d+)\)"[^>]*>\n(.*)\n</PATH>', sgml):
            found[int(number)] = "".join(SCLITE_LETTER[part[0]]
                                         for part in re.split(r":(?=[CSDI],)", path))
        return [found[number] for number in range(len(references))]

    def matched_pairs(self, references, first, second) -> tuple[int, float]:
        """Number of segments and Z of the matched-pairs test."""
        sgml = self.sclite(references, first, "first") + self.sclite(references, second, "second")
        with tempfile.TemporaryDirectory() as temporary:
            text = subprocess.run([self.folder / "sc_stats", "-p", "-v", "-t", "mapsswe", "-O", ".",
                                   "-n", "-"], input=sgml, cwd=temporary, check=True,
                                  capture_output=True, text=True).stdout
        segments = re.search(r"\(# segs: (\d+)\)", text)
        z = re.search(r"\(Z Stat: +(-?[\d.]+)\)", text)
        return int(segments.group(1)), float(z.group(1))


def write(name: str, lines: list[str]) -> None:
    (OUT / name).write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    print(f"{name}: {len(lines)} lines")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sctk", type=pathlib.Path, default=pathlib.Path("/usr/lib/sctk/bin"))
    parser.add_argument("--install", action="store_true", help="apt-get install sctk first")
    arguments = parser.parse_args()
    if arguments.install:
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "sctk"], check=True)
    sctk = Sctk(arguments.sctk)
    rng = random.Random(SEED)
    pairs = random_pairs(rng) + sentence_pairs(rng)
    unit, characters = [], []
    for reference, hypothesis in pairs:
        texts = " ".join(reference), " ".join(hypothesis)
        unit.append("\t".join([*texts, unit_operations(jiwer.process_words(*texts))]))
        characters.append("\t".join([*texts, unit_operations(jiwer.process_characters(*texts))]))
    write("jiwer_words.tsv", unit)
    write("jiwer_characters.tsv", characters)
    operations = sctk.operations([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    write("sclite_words.tsv", ["\t".join([" ".join(reference), " ".join(hypothesis), line])
                               for (reference, hypothesis), line in zip(pairs, operations)])
    lines = []
    for number, rates in enumerate([(0.1, 0.3), (0.2, 0.2), (0.3, 0.25), (0.5, 0.1)]):
        # sc_stats forgets insertions behind the last word of the reference, so all end alike.
        ending = ["the", "very", "end"]
        references = [sentence.split() + ending for sentence in SENTENCES[:6] * 5]
        systems = [[damaged(words[:-3], rng, rate) + ending for words in references]
                   for rate in rates]
        segments, z = sctk.matched_pairs(references, *systems)
        lines.append(f"test\t{number}\t{segments}\t{z}")
        lines += ["\t".join(["texts", " ".join(words), " ".join(a), " ".join(b)])
                  for words, a, b in zip(references, *systems)]
    write("matched_pairs.tsv", lines)
    version = importlib.metadata.version("jiwer")
    package = subprocess.run([arguments.sctk / "sclite", "-h"], capture_output=True, text=True)
    print(f"jiwer {version};", next((line.strip() for line in (package.stdout + package.stderr)
                                    .splitlines() if "ersion" in line), "sclite"))


if __name__ == "__main__":
    main()
