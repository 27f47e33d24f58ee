"""Calls the program under test the way a user does and reads its JSON."""

import json
import pathlib
import subprocess
import tempfile

import numpy as np

_BUILD = pathlib.Path(__file__).resolve().parents[2] / "build" / "release"
_PROGRAM = _BUILD / "ironscribe"
_FORCED_ROWS = _BUILD / "tools" / "accuracy" / "ironscribe-forced-rows"


def _run(command: list) -> str:
    command = list(map(str, command))
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {run.returncode}: {run.stderr[-2000:]}")
    return run.stdout


def transcribe(paths, model, *flags: str) -> dict:
    """Transcripts by path, with the program's defaults unless the flags say otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        _run([_PROGRAM, "transcribe", *paths, "--model", model, "--format", "json", "--output-dir",
              folder, "--progress", "none", "--quiet", *flags])
        return {path: json.loads((pathlib.Path(folder) / (path.stem + ".json")).read_text())
                for path in paths}


def greedy(paths, model, compute: str, *flags: str) -> dict:
    """The same by arithmetic `compute`, at temperature 0."""
    return transcribe(paths, model, "--compute", compute, "--temperature", "0", *flags)


def forced_rows(path, model, compute: str, tokens: list[int]) -> np.ndarray:
    """Log-probabilities [tokens, vocabulary] after each of `tokens` in the first window."""
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "rows.f32"
        _run([_FORCED_ROWS, model, compute, path, ",".join(map(str, tokens)), output])
        return np.fromfile(output, "<f4").reshape(len(tokens), -1)
