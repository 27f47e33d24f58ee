"""Calls the program under test the way a user does and reads its JSON."""

import json
import pathlib
import subprocess
import tempfile

import numpy as np

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "ironscribe"


def transcribe(paths, model, compute: str, *flags: str) -> dict:
    """Transcripts by path, greedy at temperature 0 unless the flags say otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        command = [PROGRAM, "transcribe", *paths, "--model", model, "--compute", compute,
                   "--format", "json", "--output-dir", folder, "--temperature", "0",
                   "--progress", "none", *flags]
        run = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if run.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command[:2]))} failed: {run.stderr[-2000:]}")
        return {path: json.loads((pathlib.Path(folder) / (path.stem + ".json")).read_text())
                for path in paths}


def forced(path, model, compute: str, tokens: list[int], want_logits: bool = False) -> dict:
    """What the model says after each of `tokens` (start tokens included) in the first window.

    Returns "top" (the best next token at each position), "log_probabilities" (of the token that
    really comes next; one fewer than tokens) and, if asked for, "logits" [positions, vocabulary].
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [PROGRAM, "inspect", path, "--model", model, "--compute", compute,
                   "--tokens", ",".join(map(str, tokens))]
        logits = pathlib.Path(folder) / "logits.f32"
        if want_logits:
            command += ["--logits", logits]
        run = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if run.returncode != 0:
            raise RuntimeError(f"ironscribe inspect failed: {run.stderr[-2000:]}")
        result = json.loads(run.stdout)
        if want_logits:
            result["logits"] = np.fromfile(logits, "<f4").reshape(len(tokens), -1)
        return result
