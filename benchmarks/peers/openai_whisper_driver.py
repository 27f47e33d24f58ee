"""openai-whisper in float32; see driver.py. It does `short` only."""

import pathlib
import sys

import driver
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "reference"))

import openai_whisper  # noqa: E402


def load(model: str, threads: int, mode: str):
    torch.set_num_threads(threads)
    loaded = openai_whisper.load(pathlib.Path(model))
    settings = {"language": "en", "condition_on_previous_text": False}
    return lambda path: openai_whisper.transcribe(loaded, path, **settings)["text"]


if __name__ == "__main__":
    driver.main(load)
