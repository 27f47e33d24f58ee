"""docs/performance.md from what was measured: tables into page_template.md."""

import pathlib
import statistics
import string

import ablation
import gate
import roof
import rows
from measurements import Judged, Row, Samples, judge, spread_text, table, value_text
from rounds import ERRORS

_TEMPLATE = pathlib.Path(__file__).resolve().parent / "page_template.md"
_NOT_MEASURED = "Not measured in this run."


def judged_rows(results: dict, which=rows.ROWS) -> list[Judged]:
    found = []
    for model in results["measurements"]:
        for row in rows.rows_of(model, None, which):
            judged = judge(row, model, _samples(results, model, row))
            if judged is not None:
                found.append(judged)
    return found


def _samples(results: dict, model: str, row: Row) -> Samples:
    return Samples(results["measurements"][model].get(row.key, {}))


def _side(row) -> str:
    return rows.CONTESTANTS[row.theirs].side if row.theirs else ""


def _mean_spread(values: list[float], digits: int = 2, sign: str = "") -> str:
    if not values:
        return ""
    mean = f"{statistics.mean(values):{sign}.{digits}f}"
    if len(values) == 1 or min(values) == max(values):
        return mean
    return f"{mean} ({min(values):{sign}.{digits}f} to {max(values):{sign}.{digits}f})"


def _verdict(reached: bool | None, words: tuple[str, str] = ("reached", "not reached")) -> str:
    return "" if reached is None else words[0] if reached else f"**{words[1]}**"


def _comparison_row(one: Judged, samples: Samples) -> list[str]:
    row, metric = one.row, one.row.metric
    errors = [samples.get(key, ERRORS) for key in (row.ours, row.theirs) if key]
    wer = " / ".join(f"{statistics.mean(side):.2f}" if side else "-" for side in errors)
    theirs, spread = "not here", spread_text(metric, one.ours)
    if one.theirs:
        theirs = value_text(metric, one.theirs)
        spread += f"; {spread_text(metric, one.theirs)}"
    return [one.model, row.work, value_text(metric, one.ours), f"{_side(row)} {theirs}",
            f"**{one.ratio:.2f}**" if one.ratio is not None else "",
            one.goal.text(metric) if one.goal else "", _verdict(one.reached), spread,
            wer if any(errors) else ""]


def comparison_table(results: dict) -> str:
    lines = [_comparison_row(one, _samples(results, one.model, one.row))
             for one in judged_rows(results)]
    header = ["model", "work", "ironscribe", "other side", "ratio", "goal", "", "spread", "WER %"]
    return table(header, lines) if lines else _NOT_MEASURED


def scaling_table(results: dict) -> str:
    lines = [[one.model, one.row.work, value_text(one.row.metric, one.theirs),
              value_text(one.row.metric, one.ours), f"{one.ratio:.2f}"]
             for one in judged_rows(results, rows.SCALING) if one.ratio is not None]
    return table(["model", "long recording, batch 8", "one thread", "all threads", "gain"],
                 lines) if lines else _NOT_MEASURED


def roof_table(results: dict) -> str:
    every = [one for measured in results["roof"].values() for one in measured]
    fastest_memory = max((one["peaks"]["memory"] for one in every), default=0)
    lines = [_roof_row(model, one, fastest_memory) for model, measured in results["roof"].items()
             for one in sorted(measured, key=lambda one: one["work"])]
    header = ["model", "work", "windows / tokens", "speed", "roof", "of the roof",
              f"at least {100 * roof.LEAST_FRACTION:.0f} %",
              "int8 / bfloat16 / float32, Tera/s", "memory", "peak loop"]
    return table(header, lines) if lines else _NOT_MEASURED


def _roof_row(model: str, one: dict, fastest_memory: float) -> list[str]:
    peaks = one["peaks"]
    rates = " / ".join(f"{peaks[name] / 1e12:.2f}" for name in ("int8", "bfloat16", "float32"))
    least = peaks["least_fraction_of_width"]
    verdict = _verdict(one["fraction"] >= roof.LEAST_FRACTION)
    if one["work"] == "sequential":
        verdict = ""
    elif roof.is_busy(peaks, fastest_memory):
        verdict = "busy"
    return [model, one["work"], f"{one['windows']} / {one['tokens']}", f"{one['speed']:.1f} x",
            f"{one['roof']:.0f} x", f"{100 * one['fraction']:.0f} %", verdict, rates,
            f"{peaks['memory'] / 1e9:.0f} GB/s", "" if least is None else f"{100 * least:.0f} %"]


def gate_table(results: dict) -> str:
    lines = []
    for model, measured in results["gate"].items():
        for row in measured:
            runs = row["missing_runs"]
            lines.append([
                model, row["input"], row["lever"], _mean_spread(row["all"]["reference"]),
                _mean_spread(row["all"]["ours"]),
                *(_mean_spread(gate.losses(row, part), sign="+") for part in ("first", "other")),
                f"{sum(map(len, runs))} in {len(runs)} texts" if runs else "",
                _verdict(gate.is_passed(row), ("passed", "not passed"))])
    header = ["model", "recordings", "lever", "WER % of --reference", "WER %",
              "first three speakers", "other three", "3 words or more missing", ""]
    return table(header, lines) if lines else _NOT_MEASURED


def ablation_tables(results: dict) -> str:
    parts = []
    for group in ablation.GROUPS:
        lines = []
        for model, measured in results["ablation"].items():
            lines += [_ablation_row(model, row, measured) for row in measured
                      if row["group"] == group]
        if lines:
            header = ["model", "setting", "speed", "of the first", "WER %"]
            parts.append(f"{group}:\n\n{table(header, lines)}")
    return "\n\n".join(parts) or _NOT_MEASURED


def _ablation_row(model: str, row: dict, measured: list[dict]) -> list[str]:
    gain = ablation.gain(row, measured)
    if gain is None:
        return [model, f"`{row['setting']}`", row["problem"] or "", "", ""]
    return [model, f"`{row['setting']}`", f"{statistics.median(row['speeds']):.1f} x",
            f"{gain:.2f}", f"{statistics.mean(row['errors']):.2f}" if row["errors"] else ""]


def rounds_text(results: dict) -> str:
    """How many: rows that were measured anew by themselves may have others."""
    counts = {len(one.ours) for one in judged_rows(results)}
    if not counts:
        return "No rounds"
    if counts == {1}:
        return "One round"
    least, most = min(counts), max(counts)
    return f"{most} rounds" if least == most else f"{least} to {most} rounds"


def _left_out_text(results: dict) -> str:
    return "\n".join(f"- **{side}** took no part: {reason}."
                     for side, reason in results["left_out"].items())


def render(results: dict, figure: str) -> str:
    run = results["run"]
    versions = ", ".join(f"{side} {version} ({arithmetic})"
                         for side, (version, arithmetic) in run["peers"].items())
    text = string.Template(_TEMPLATE.read_text()).substitute(
        rounds=rounds_text(results), threads=run["threads"], cpu=run["cpu"],
        utterances=run["utterances"], seconds=f"{run['seconds']:.0f}", peers=versions or "none",
        left_out=_left_out_text(results), figure=figure, comparison=comparison_table(results),
        scaling=scaling_table(results), roof=roof_table(results), gate=gate_table(results),
        max_loss=gate.MAX_LOSS_PERCENT, ablation=ablation_tables(results))
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text
