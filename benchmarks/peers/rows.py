"""Who takes part in which work, and the lines of the page with the goals of the project."""

from contestants import Contestant
from measurements import MEMORY, SPEED, START, Goal, Row

_ALONE = ("--temperature", "0", "--no-condition-on-previous-text")
_SPEECH = ("--window", "speech")
_SPOKEN = ("--segmentation", "vad")


def _batch(size: int) -> tuple[str, str]:
    return "--batch-size", str(size)


_BATCHED = (*_SPOKEN, *_batch(8), *_SPEECH)

# In the order of a round: those who are compared stand side by side.
CONTESTANTS = {contestant.key: contestant for contestant in [
    Contestant("long-batched", "long", flags=_BATCHED),
    Contestant("long-batched faster-whisper", "long", "faster-whisper", mode="batched"),
    Contestant("long-batched-text", "long", flags=(*_BATCHED, "--no-timestamps")),
    Contestant("long-float32", "long", flags=_BATCHED, compute="float32"),
    Contestant("one-thread", "long", flags=_BATCHED, threads=1),
    Contestant("one-thread faster-whisper", "long", "faster-whisper", mode="batched", threads=1),
    Contestant("long", "long", flags=_batch(1)),
    Contestant("long faster-whisper", "long", "faster-whisper", mode="long"),
    Contestant("long whisper.cpp", "long", "whisper.cpp", mode="long"),
    Contestant("short", "short", flags=(*_ALONE, *_batch(1))),
    Contestant("short faster-whisper", "short", "faster-whisper", mode="short"),
    Contestant("short-speech", "short", flags=(*_ALONE, *_batch(1), *_SPEECH)),
    Contestant("short openai-whisper", "short", "openai-whisper", mode="short"),
    Contestant("short whisper.cpp", "short", "whisper.cpp", mode="short"),
    Contestant("callers", "short", flags=(*_ALONE, *_batch(16))),
    Contestant("callers faster-whisper", "short", "faster-whisper", mode="callers"),
    Contestant("callers-speech", "short", flags=(*_ALONE, *_batch(16), *_SPEECH)),
    Contestant("fresh", "single", flags=(*_ALONE, *_batch(1))),
    Contestant("fresh faster-whisper", "single", "faster-whisper", mode="fresh"),
    Contestant("fresh whisper.cpp", "single", "whisper.cpp", mode="fresh"),
]}

_TINY = ("tiny.en",)
_BASE = ("base",)


def _at_least(tiny: float | None, base: float | None) -> dict[str, Goal]:
    return {model: Goal(least_ratio=value)
            for model, value in (("tiny.en", tiny), ("base", base)) if value is not None}


def _at_most(tiny: float | None, base: float | None) -> dict[str, Goal]:
    return {model: Goal(greatest=value)
            for model, value in (("tiny.en", tiny), ("base", base)) if value is not None}


ROWS = [
    Row("long-batched", "long recording, batch 8", SPEED, "long-batched",
        "long-batched faster-whisper", _at_least(4, 4)),
    Row("long-batched", "long recording, batch 8, text only as the peer", SPEED,
        "long-batched-text", "long-batched faster-whisper", _at_least(4, 4)),
    Row("long", "long recording, sequential", SPEED, "long", "long faster-whisper"),
    Row("long", "long recording, sequential", SPEED, "long", "long whisper.cpp", models=_TINY),
    Row("short", "short calls, full windows", SPEED, "short", "short faster-whisper",
        _at_least(3.5, 3.2)),
    Row("short", "short calls, speech windows", SPEED, "short-speech", "short faster-whisper",
        _at_least(8, 6)),
    Row("short", "short calls, full windows", SPEED, "short", "short whisper.cpp", models=_TINY),
    Row("openai", "short calls, full windows", SPEED, "short", "short openai-whisper",
        _at_least(12, None), _TINY),
    Row("openai", "short calls, speech windows", SPEED, "short-speech", "short openai-whisper",
        _at_least(12, None), _TINY),
    Row("callers", "16 callers, full windows", SPEED, "callers", "callers faster-whisper",
        _at_least(None, 4)),
    Row("callers", "16 callers, speech windows", SPEED, "callers-speech", "callers faster-whisper",
        _at_least(None, 4)),
    Row("callers", "16 callers, full windows, against one after another", SPEED, "callers",
        "short faster-whisper", _at_least(None, 12)),
    Row("callers", "16 callers, speech windows, against one after another", SPEED,
        "callers-speech", "short faster-whisper", _at_least(None, 12)),
    Row("one-thread", "long recording, batch 8, one thread", SPEED, "one-thread",
        "one-thread faster-whisper", _at_least(5, None), _TINY),
    Row("float32", "long recording, batch 8, our int8 against our float32", SPEED,
        "long-batched", "long-float32", _at_least(None, 2.5), _BASE),
    Row("start", "process start to the complete text of 11 s", START, "fresh",
        "fresh faster-whisper", _at_most(0.25, None)),
    Row("start", "process start to the complete text of 11 s", START, "fresh",
        "fresh whisper.cpp", models=_TINY),
    Row("memory", "peak memory, 11 s", MEMORY, "fresh", "fresh faster-whisper",
        _at_most(160, 240)),
    Row("memory", "peak memory, long recording, batch 8", MEMORY, "long-batched",
        "long-batched faster-whisper", _at_most(260, 420)),
]

# How much a second thread brings, each side against itself; no competition, a table of its own.
SCALING = [
    Row("one-thread", "ironscribe", SPEED, "long-batched", "one-thread", models=_TINY),
    Row("one-thread", "faster-whisper", SPEED, "long-batched faster-whisper",
        "one-thread faster-whisper", models=_TINY),
]


def rows_of(model: str, keys: set[str] | None, rows: list[Row] = ROWS) -> list[Row]:
    return [row for row in rows if (keys is None or row.key in keys)
            and (row.models is None or model in row.models)]


def contestants_of(model: str, keys: set[str] | None) -> list[Contestant]:
    """In the order of a round."""
    wanted = {key for row in rows_of(model, keys) + rows_of(model, keys, SCALING)
              for key in (row.ours, row.theirs)}
    return [contestant for key, contestant in CONTESTANTS.items() if key in wanted]
