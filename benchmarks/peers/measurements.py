"""What was measured, and what follows from it: medians, ratios, goals. Pure arithmetic."""

import dataclasses
import statistics

# Whether more is better, the unit, and the digits worth printing.
SPEED, START, MEMORY = "speed", "start", "memory"
_HIGHER_IS_BETTER = {SPEED: True, START: False, MEMORY: False}
_UNITS = {SPEED: "x", START: "s", MEMORY: "MB"}
_DIGITS = {SPEED: 1, START: 2, MEMORY: 0}


@dataclasses.dataclass(frozen=True)
class Goal:
    """Either a least ratio or a greatest value of ours."""

    least_ratio: float | None = None
    greatest: float | None = None

    def text(self, metric: str) -> str:
        if self.least_ratio is not None:
            return f"at least {self.least_ratio:g}x"
        return f"at most {self.greatest:g} {_UNITS[metric]}"

    def is_reached(self, ours: float, ratio: float | None) -> bool:
        if self.least_ratio is not None:
            return ratio is not None and ratio >= self.least_ratio
        return ours <= self.greatest


def ratio(metric: str, ours: list[float], theirs: list[float]) -> float:
    """Of the medians, above 1 when ours is better."""
    a, b = statistics.median(ours), statistics.median(theirs)
    return a / b if _HIGHER_IS_BETTER[metric] else b / a


def value_text(metric: str, values: list[float]) -> str:
    return f"{statistics.median(values):.{_DIGITS[metric]}f} {_UNITS[metric]}"


def spread_text(metric: str, values: list[float]) -> str:
    digits = _DIGITS[metric]
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"


def table(header: list[str], rows: list[list[str]]) -> str:
    """Markdown; numbers stand as they come."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


@dataclasses.dataclass
class Samples:
    """By contestant, one member per round of each list; absent what was not measured."""

    values: dict[str, dict[str, list[float]]] = dataclasses.field(default_factory=dict)

    def add(self, contestant: str, metric: str, value: float | None) -> None:
        if value is not None:
            self.values.setdefault(contestant, {}).setdefault(metric, []).append(value)

    def get(self, contestant: str, metric: str) -> list[float]:
        return self.values.get(contestant, {}).get(metric, [])


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the page: one of ours against one other, or alone (theirs is None)."""

    key: str  # What ROWS selects.
    work: str
    metric: str
    ours: str
    theirs: str | None = None
    goals: dict[str, Goal] = dataclasses.field(default_factory=dict)  # By model.
    models: tuple[str, ...] | None = None  # None: all.


@dataclasses.dataclass(frozen=True)
class Judged:
    """A row with its numbers, as the page and the plot show it."""

    row: Row
    model: str
    ours: list[float]
    theirs: list[float]
    ratio: float | None
    goal: Goal | None

    @property
    def reached(self) -> bool | None:
        if self.goal is None:
            return None
        if self.goal.least_ratio is not None and self.ratio is None:
            return None  # The other side is not here.
        return self.goal.is_reached(statistics.median(self.ours), self.ratio)


def judge(row: Row, model: str, samples: Samples) -> Judged | None:
    """None when ours was not measured."""
    ours = samples.get(row.ours, row.metric)
    theirs = samples.get(row.theirs, row.metric) if row.theirs else []
    if not ours:
        return None
    quotient = ratio(row.metric, ours, theirs) if theirs else None
    return Judged(row, model, ours, theirs, quotient, row.goals.get(model))
