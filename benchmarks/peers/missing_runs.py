"""Runs of words that one text left out and another has."""

LEAST_LENGTH = 3


def find(ours: list[bool], reference: list[bool], least: int = LEAST_LENGTH) -> list[range]:
    """Stretches of at least `least` words of the truth that are missing in ours only.

    Both say for each word of the truth whether it is missing. A word that the reference misses too
    ends a run: nobody knows how to hear it.
    """
    runs, first = [], None
    for index in range(len(ours) + 1):
        lost = index < len(ours) and ours[index] and not reference[index]
        if lost and first is None:
            first = index
        elif not lost and first is not None:
            if index - first >= least:
                runs.append(range(first, index))
            first = None
    return runs
