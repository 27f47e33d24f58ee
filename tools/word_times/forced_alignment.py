"""Word times of a known text by pocketsphinx with the US English model of its Debian packages.

A recording's grammar is its text and nothing else, with pauses wherever the speaker makes them. Words
that the dictionary lacks are pronounced by festival's letter-to-sound rules.
"""

import pathlib
import re
import subprocess

from timed_words import TimedWord

MODEL = pathlib.Path("/usr/share/pocketsphinx/model/en-us")
FRAMES_PER_SECOND = 100
# Phones of festival's US English that are written in another way, or not told apart, in CMU's.
_PHONES = {"ax": "AH", "pau": "", "el": "AH L", "em": "AH M", "en": "AH N", "dx": "T"}


def _dictionary() -> dict[str, list[str]]:
    entries: dict[str, list[str]] = {}
    for line in (MODEL / "cmudict-en-us.dict").read_text().splitlines():
        word, phones = line.split(maxsplit=1)
        entries.setdefault(re.sub(r"\(\d+\)$", "", word), []).append(phones)
    return entries


def _pronounce(words: list[str]) -> dict[str, str]:
    """By festival's lexicon and rules."""
    if not words:
        return {}
    # The rules know no apostrophes, and stumble over them.
    lines = "".join(f'(format t "%s %l\\n" "{word}" (lex.lookup "{word.replace(chr(39), "")}" nil))\n'
                    for word in words)
    run = subprocess.run(["festival", "--pipe"], input='(lex.select "cmu")\n' + lines, text=True,
                         capture_output=True, check=True)
    found = {}
    for line in run.stdout.splitlines():
        word, entry = line.split(" ", 1)
        phones = re.findall(r"[a-z]+", entry.split("nil", 1)[-1])
        found[word] = " ".join(_PHONES.get(phone, phone.upper()) for phone in phones).strip()
    return found


def _write_grammar(path: pathlib.Path, words: list[str]):
    steps = "".join(f"TRANSITION {i} {i + 1} 1.0 {word}\n" for i, word in enumerate(words))
    path.write_text(f"FSG_BEGIN {path.stem}\nNUM_STATES {len(words) + 1}\nSTART_STATE 0\n"
                    f"FINAL_STATE {len(words)}\n{steps}FSG_END\n")


def _read_segmentation(line: str) -> list[TimedWord]:
    # NAME S scale T total A acoustic L language, then of each word its first frame, two scores and the
    # word itself; the last frame at the end.
    fields = line.split()[9:]
    starts, names = [int(field) for field in fields[::4]], fields[3::4]
    return [TimedWord(re.sub(r"\(\d+\)$", "", name), start / FRAMES_PER_SECOND,
                      end / FRAMES_PER_SECOND)
            for start, end, name in zip(starts, starts[1:], names)
            if not name.startswith(("<", "["))]


def align(texts: dict[str, str], waves: pathlib.Path) -> dict[str, list[TimedWord]]:
    """By name; NAME.wav in `waves` is 16 kHz mono. What cannot be aligned is left out."""
    dictionary = _dictionary()
    words = {name: re.sub(r"[^a-z' ]", " ", text.lower()).split() for name, text in texts.items()}
    used = {word for text in words.values() for word in text}
    made = _pronounce(sorted(word for word in used if word not in dictionary))
    folder = waves / "alignment"
    folder.mkdir(exist_ok=True)
    with open(folder / "words.dict", "w") as file:
        for word in sorted(used):
            for index, phones in enumerate(dictionary.get(word, [made.get(word)])):
                file.write(f"{word}{f'({index + 1})' if index else ''} {phones}\n")
    for name, text in words.items():
        _write_grammar(folder / f"{name}.fsg", text)
    names = "".join(f"{name}\n" for name in texts)
    (folder / "names").write_text(names)
    (folder / "grammars").write_text(names)
    command = ["pocketsphinx_batch", "-hmm", MODEL / "en-us", "-dict", folder / "words.dict",
               "-ctl", folder / "names", "-cepdir", waves, "-cepext", ".wav", "-adcin", "yes",
               "-adchdr", "44", "-fsgctl", folder / "grammars", "-fsgdir", folder, "-fsgext", ".fsg",
               "-hypseg", folder / "segments", "-hyp", folder / "texts", "-bestpath", "no",
               "-backtrace", "yes",
               # Else frames of silence are left out, and times are those of what is left.
               "-remove_silence", "no",
               # Nothing is searched for: the path is known, so that wide beams cost little.
               "-beam", "1e-100", "-wbeam", "1e-80", "-pbeam", "1e-100", "-maxhmmpf", "-1",
               # At its usual cost a pause is at times taken for a part of a word.
               "-silprob", "0.5", "-fillprob", "1e-10", "-logfn", folder / "log"]
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
    aligned = {}
    for line in (folder / "segments").read_text().splitlines():
        if "T " not in line:
            continue
        found = _read_segmentation(line)
        name = line.split()[0]
        if [word.text for word in found] == words[name]:
            aligned[name] = found
    return aligned
