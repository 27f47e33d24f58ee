"""The picture of the page: ratios by work, with the goals."""

import pathlib

from measurements import Judged
import rows

_COLOURS = {"tiny.en": "#3b6ea5", "base": "#d08a2e"}
_OTHER_COLOUR = "#777777"
_ROW_INCHES = 0.27


def draw(judged: list[Judged], path: pathlib.Path) -> None:
    """Bars of all rows that have a ratio. Errors: ImportError without matplotlib."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": path.name, "font.size": 8})
    from matplotlib import pyplot
    from matplotlib.patches import Patch

    bars = [one for one in judged if one.ratio is not None][::-1]
    figure, axes = pyplot.subplots(figsize=(8, 1 + _ROW_INCHES * len(bars)))
    axes.barh(range(len(bars)), [one.ratio for one in bars], height=0.7,
              color=[_COLOURS.get(one.model, _OTHER_COLOUR) for one in bars])
    goals = []
    for place, one in enumerate(bars):
        axes.text(one.ratio, place, f" {one.ratio:.1f}", va="center")
        if one.goal is not None and one.goal.least_ratio is not None:
            goals.append(one.goal.least_ratio)
            axes.plot([one.goal.least_ratio] * 2, [place - 0.42, place + 0.42], color="black")
    axes.axvline(1, color="black", linewidth=0.6, linestyle=":")
    axes.set_yticks(range(len(bars)), [_label(one) for one in bars])
    axes.set_xlabel("times as good as the other side; black strokes: goals")
    axes.set_xlim(0, 1.08 * max([1.0, *(one.ratio for one in bars), *goals]))
    models = dict.fromkeys(one.model for one in judged)
    axes.legend(handles=[Patch(color=_COLOURS.get(model, _OTHER_COLOUR), label=model)
                         for model in models], frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    pyplot.close(figure)


def _label(one: Judged) -> str:
    other = rows.CONTESTANTS[one.row.theirs].side
    return one.row.work if other == "ironscribe" else f"{one.row.work} ({other})"
