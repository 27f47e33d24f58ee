"""The arithmetic of the figures."""

import math
import statistics


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed; NaN of none."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def slope_bound(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Slope by least squares, and the upper end of its 95 % interval.

    Neighbouring samples of memory are alike, so the interval is that of 20 block means.
    """
    blocks = [points[i * len(points) // 20:(i + 1) * len(points) // 20] for i in range(20)]
    means = [(statistics.mean(x for x, _ in b), statistics.mean(y for _, y in b)) for b in blocks]
    slope, intercept = statistics.linear_regression(*zip(*means))
    residual = sum((y - slope * x - intercept) ** 2 for x, y in means)
    middle = statistics.mean(x for x, _ in means)
    spread = sum((x - middle) ** 2 for x, _ in means)
    return slope, slope + 2.101 * math.sqrt(residual / 18 / spread)  # t of 18 degrees, 97.5 %.
