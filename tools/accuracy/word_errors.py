"""Counting errors: words for most languages, characters for those written without spaces.

Before counting, text is lower-cased and stripped of punctuation, and the spellings that the two sides
write differently by convention ("mister" and "Mr.") are made equal. Nothing else is forgiven.
"""

import dataclasses
import unicodedata

import jiwer

_BY_CHARACTER = {"ja", "zh", "ko"}
_SAME = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint"}


@dataclasses.dataclass
class Errors:
    errors: int = 0
    length: int = 0

    def __add__(self, other: "Errors") -> "Errors":
        return Errors(self.errors + other.errors, self.length + other.length)

    @property
    def percent(self) -> float:
        return 100.0 * self.errors / max(self.length, 1)


def units(text: str, language: str) -> list[str]:
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    # Apostrophes belong to words; every other mark only separates them.
    kept = "".join(character if character == "'" or unicodedata.category(character)[0] in "LNM"
                   else " " for character in text)
    if language in _BY_CHARACTER:
        return [character for character in kept if character not in " '"]
    return [_SAME.get(word.strip("'"), word.strip("'")) for word in kept.split() if word.strip("'")]


def count(truth: str, text: str, language: str = "en") -> Errors:
    wanted, got = units(truth, language), units(text, language)
    if not wanted:
        return Errors(len(got), 0)
    result = jiwer.process_words(" ".join(wanted), " ".join(got)) if got else None
    if result is None:
        return Errors(len(wanted), len(wanted))
    return Errors(result.substitutions + result.deletions + result.insertions, len(wanted))


def pooled(recordings, texts: dict) -> Errors:
    """Errors over all recordings; texts are looked up by path."""
    total = Errors()
    for recording in recordings:
        total += count(recording.text, texts[recording.path], recording.language)
    return total
