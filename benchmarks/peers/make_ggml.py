"""Writes the weights of a model folder as the file that whisper.cpp reads.

    make_ggml.py MODEL_FOLDER OUTPUT_FILE
"""

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "reference"))

import containers  # noqa: E402
from ctranslate2_model import Checkpoint  # noqa: E402


def main() -> None:
    model, output = map(pathlib.Path, sys.argv[1:3])
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent) as folder:
        containers.write_ggml(Checkpoint(model), pathlib.Path(folder))
        (pathlib.Path(folder) / "model.bin").rename(output)


if __name__ == "__main__":
    main()
