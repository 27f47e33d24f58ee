"""Words with times, and how far apart those of two sources are."""

import dataclasses
import statistics
import unicodedata


@dataclasses.dataclass(frozen=True)
class TimedWord:
    text: str
    start: float
    end: float | None = None  # None where the source does not tell.


def plain(text: str) -> str:
    """Lower case, letters, digits and apostrophes only."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    return "".join(character for character in text
                   if character == "'" or unicodedata.category(character)[0] in "LNM").strip("'")


_SAME = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint"}


def matches(wanted: list[str], got: list[str]) -> list[tuple[int, int]]:
    """Pairs of equal items of an alignment with the fewest edits; of equals, with most pairs."""
    rows, columns = len(wanted) + 1, len(got) + 1
    cost = [[(0, 0)] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            if i == 0 or j == 0:
                cost[i][j] = (i + j, 0)
                continue
            equal = wanted[i - 1] == got[j - 1]
            edits, pairs = cost[i - 1][j - 1]
            cost[i][j] = min((edits + (not equal), pairs - equal),
                             (cost[i - 1][j][0] + 1, cost[i - 1][j][1]),
                             (cost[i][j - 1][0] + 1, cost[i][j - 1][1]))
    pairs = []
    i, j = len(wanted), len(got)
    while i and j:
        equal = wanted[i - 1] == got[j - 1]
        edits, count = cost[i - 1][j - 1]
        if cost[i][j] == (edits + (not equal), count - equal):
            i, j = i - 1, j - 1
            if equal:
                pairs.append((i, j))
        elif cost[i][j] == (cost[i - 1][j][0] + 1, cost[i - 1][j][1]):
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def by_word(words: list[TimedWord]) -> list[tuple[str, TimedWord]]:
    kept = [(plain(word.text), word) for word in words]
    return [(_SAME.get(text, text), word) for text, word in kept if text]


def _by_character(words: list[TimedWord]):
    """Characters with the word that begins there, and the one that ends there."""
    characters = []
    for text, word in by_word(words):
        for index, character in enumerate(text):
            characters.append((character, word if index == 0 else None,
                               word if index == len(text) - 1 else None))
    return characters


@dataclasses.dataclass
class Differences:
    """Seconds, those found minus those that are true."""
    starts: list[float] = dataclasses.field(default_factory=list)
    ends: list[float] = dataclasses.field(default_factory=list)

    def add(self, true: list[TimedWord], found: list[TimedWord], spaces: bool = True):
        """Of words that both have; without spaces, of borders of words that both have."""
        if spaces:
            left, right = by_word(true), by_word(found)
            pairs = [(left[i][1], right[j][1]) for i, j in
                     matches([word[0] for word in left], [word[0] for word in right])]
            starts, ends = pairs, pairs
        else:
            left, right = _by_character(true), _by_character(found)
            pairs = matches([unit[0] for unit in left], [unit[0] for unit in right])
            starts = [(left[i][1], right[j][1]) for i, j in pairs if left[i][1] and right[j][1]]
            ends = [(left[i][2], right[j][2]) for i, j in pairs if left[i][2] and right[j][2]]
        self.starts += [b.start - a.start for a, b in starts]
        self.ends += [b.end - a.end for a, b in ends if a.end is not None and b.end is not None]


def row(differences: list[float]) -> dict:
    """What the tables show; times in milliseconds."""
    if not differences:
        return {"words": 0}
    sizes = sorted(abs(value) for value in differences)
    share = lambda limit: 100 * sum(size <= limit + 1e-9 for size in sizes) / len(sizes)  # noqa: E731
    return {"words": len(sizes), "bias": 1000 * statistics.median(differences),
            "median": 1000 * statistics.median(sizes),
            "p90": 1000 * sizes[max(0, -(-9 * len(sizes) // 10) - 1)],
            "in50": share(0.05), "in100": share(0.1), "in200": share(0.2)}
