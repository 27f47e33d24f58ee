"""Counting errors: words for most languages, characters for those written without spaces.

Before counting, text is lower-cased and stripped of punctuation, and the spellings that the two sides
write differently by convention ("mister" and "Mr.") are made equal. Nothing else is forgiven.
"""

import dataclasses
import unicodedata

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


def _chunks(wanted: list[str], got: list[str]):
    """Aligned stretches: kind, first and end word of those wanted, number of words got instead."""
    if not wanted or not got:
        return [("delete", 0, len(wanted), 0)] if wanted else [("insert", 0, 0, len(got))]
    import jiwer  # Here, because who only imports this file may not have it.
    return [(chunk.type, chunk.ref_start_idx, chunk.ref_end_idx,
             chunk.hyp_end_idx - chunk.hyp_start_idx)
            for chunk in jiwer.process_words(" ".join(wanted), " ".join(got)).alignments[0]]


def count(truth: str, text: str, language: str = "en") -> Errors:
    wanted, got = units(truth, language), units(text, language)
    return Errors(sum(max(last - first, heard) for kind, first, last, heard in _chunks(wanted, got)
                      if kind != "equal"), len(wanted))


def count_by_part(truths: list[str], text: str, language: str = "en") -> list[Errors]:
    """Errors of one text whose truth has several parts, each counted in the part it fell into.

    Words that were added between two parts count in the later one.
    """
    parts = [units(truth, language) for truth in truths]
    part_of = [index for index, part in enumerate(parts) for _ in part]
    errors = [Errors(0, len(part)) for part in parts]
    for kind, first, last, heard in _chunks(sum(parts, []), units(text, language)):
        if kind == "insert" and part_of:
            errors[part_of[min(first, len(part_of) - 1)]].errors += heard
        elif kind in ("substitute", "delete"):
            for word in range(first, last):
                errors[part_of[word]].errors += 1
    return errors


def _regions(chunks: list):
    """Stretches that differ, each with all chunks between two that do not."""
    region = []
    for chunk in chunks:
        if chunk[0] != "equal":
            region.append(chunk)
        elif region:
            yield region
            region = []
    if region:
        yield region


def missing(truth: str, text: str, language: str = "en") -> list[bool]:
    """For each word of the truth, whether nothing was written in its place.

    A word that was heard as a part of the one beside it is not missing: of what a stretch lacks in
    letters, words that are left out must be the half.
    """
    wanted, got = units(truth, language), units(text, language)
    flags = [False] * len(wanted)
    at = 0  # In `got`, which the chunks go through in order.
    chunks = []
    for kind, first, last, heard in _chunks(wanted, got):
        chunks.append((kind, first, last, at, at + heard))
        at += heard
    for region in _regions(chunks):
        lacking = (len("".join(wanted[region[0][1]:region[-1][2]]))
                   - len("".join(got[region[0][3]:region[-1][4]])))
        left_out = sum(len("".join(wanted[first:last]))
                       for kind, first, last, _, _ in region if kind == "delete")
        for kind, first, last, _, _ in region:
            if kind == "delete" and lacking >= left_out / 2:
                flags[first:last] = [True] * (last - first)
    return flags


def pooled(recordings, texts: dict) -> Errors:
    """Errors over all recordings; texts are looked up by path."""
    total = Errors()
    for recording in recordings:
        total += count(recording.text, texts[recording.path], recording.language)
    return total
