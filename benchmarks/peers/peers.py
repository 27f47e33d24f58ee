#!/usr/bin/env python3
"""Runs Ironscribe and others alternately on the same recordings; writes docs/performance.md.

    peers.py DATA_FOLDER MODELS_FOLDER    measures, then writes the page
    peers.py                              writes the page again from build/peers/results.json

Environment:
    BENCH_ROUNDS      rounds and lead-ins, default 5
    MODELS            default "tiny.en base"
    ROWS              only these, e.g. "short memory gate": keys of rows.py, and roof, gate,
                      ablation; the other results are kept from the last run
    THREADS           default 2
    BENCH_UTTERANCES  so few utterances, to try it out; the page then stays in build/peers
"""

import datetime
import json
import os
import pathlib
import platform
import sys

_TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_TOP / "tools" / "accuracy"))

import ablation  # noqa: E402
import contestants  # noqa: E402
import gate  # noqa: E402
import page  # noqa: E402
import plot  # noqa: E402
import roof  # noqa: E402
import rows  # noqa: E402
from rounds import Rounds  # noqa: E402
from speech import Speech  # noqa: E402

_RESULTS = _TOP / "build" / "peers" / "results.json"
_PARTS = {"roof": roof.run, "gate": gate.run, "ablation": ablation.run}
_DEFAULT_ROUNDS = 5
_MAX_ABLATION_ROUNDS = 3  # Its effects are large, its settings many.


def _cpu_name() -> str:
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _selected_rows() -> set[str] | None:
    words = os.environ.get("ROWS", "").split()
    unknown = set(words) - {row.key for row in rows.ROWS} - set(_PARTS)
    if unknown:
        sys.exit(f"ROWS: there is no {', '.join(sorted(unknown))}; there are "
                 f"{', '.join(dict.fromkeys([row.key for row in rows.ROWS] + list(_PARTS)))}")
    return set(words) or None


def _load_results() -> dict:
    return json.loads(_RESULTS.read_text())


def _results_to_add_to(keys: set[str] | None, utterances: int) -> dict:
    """Those of the last run when only some rows are measured anew, on the same recordings."""
    if keys is not None and _RESULTS.is_file():
        results = _load_results()
        if results["run"]["utterances"] == utterances:
            return results
    return {"measurements": {}, "left_out": {}, "roof": {}, "gate": {}, "ablation": {}}


def _describe(speech: Speech, cpus: list[int]) -> dict:
    versions = {side: (contestants.version(side), peer.arithmetic)
                for side, peer in contestants.PEERS.items()}
    return {"date": datetime.date.today().isoformat(), "threads": len(cpus), "cpu": _cpu_name(),
            "utterances": len(speech.recordings), "seconds": speech.seconds,
            "whole": speech.is_whole,
            "peers": {side: pair for side, pair in versions.items() if pair[0] is not None}}


def _save(results: dict) -> None:
    _RESULTS.parent.mkdir(parents=True, exist_ok=True)
    _RESULTS.write_text(json.dumps(results, indent=1))


def _measure(data: pathlib.Path, models: pathlib.Path) -> dict:
    count = int(os.environ.get("BENCH_ROUNDS", _DEFAULT_ROUNDS))
    limit = os.environ.get("BENCH_UTTERANCES")
    names = os.environ.get("MODELS", "tiny.en base").split()
    keys = _selected_rows()
    cpus = sorted(os.sched_getaffinity(0))[:int(os.environ.get("THREADS", 2))]
    speech = Speech(data, seed=1, limit=int(limit) if limit else None)

    results = _results_to_add_to(keys, len(speech.recordings))
    results["run"] = _describe(speech, cpus)
    rounds = Rounds(speech, models, cpus)
    for _ in rounds.run(names, keys, count):
        known = {side: why for side, why in results["left_out"].items() if side not in rounds.sides}
        results["left_out"] = known | rounds.left_out
        for name in names:
            results["measurements"].setdefault(name, {}).update(rounds.by_row_key(name, keys))
        _save(results)
    for part, run in _PARTS.items():
        if keys is not None and part not in keys:
            continue
        times = min(count, _MAX_ABLATION_ROUNDS) if part == "ablation" else count
        for name in names:
            results[part][name] = run(speech, models / name, cpus, times)
            _save(results)
    return results


def _write_page(results: dict) -> None:
    folder = _TOP / "docs" if results["run"]["whole"] else _RESULTS.parent
    picture = folder / "performance.svg"
    judged = page.judged_rows(results)
    figure = ""
    try:
        if judged:
            plot.draw(judged, picture)
            figure = f"![Ratios by kind of work, with the goals]({picture.name})"
    except ImportError as error:
        print(f"no picture: {error}", file=sys.stderr)
    (folder / "performance.md").write_text(page.render(results, figure))
    print(f"Written: {folder / 'performance.md'}", file=sys.stderr)


def main() -> int:
    results = _measure(*map(pathlib.Path, sys.argv[1:3])) if len(sys.argv) > 1 else _load_results()
    _write_page(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
