#!/usr/bin/env python3
"""Writes probabilities.txt: what ONNX Runtime makes of recordings with Silero's own ONNX file.

    make_probabilities.py SHARED_DATA RECORDING... > probabilities.txt

SHARED_DATA holds fixtures/silero-vad/silero_vad.onnx and the recordings (16 kHz, one channel), which
are named relative to it. Needs the packages onnxruntime, numpy and av.
"""

import sys

import av
import numpy as np
import onnxruntime

_FRAME, _CONTEXT = 512, 64


def samples_of(path: str) -> np.ndarray:
    blocks = []
    with av.open(path) as container:
        for frame in container.decode(audio=0):
            assert frame.sample_rate == 16000 and frame.layout.nb_channels == 1, path
            block = frame.to_ndarray().reshape(-1)
            blocks.append(block.astype(np.float32) / (32768 if block.dtype == np.int16 else 1))
    return np.concatenate(blocks)


def probabilities_of(session: onnxruntime.InferenceSession, samples: np.ndarray) -> list[float]:
    padded = np.pad(samples, (_CONTEXT, -len(samples) % _FRAME))
    state = np.zeros((2, 1, 128), np.float32)
    found = []
    for begin in range(0, len(padded) - _CONTEXT, _FRAME):
        frame = padded[None, begin:begin + _CONTEXT + _FRAME]
        probability, state = session.run(
            None, {"input": frame, "state": state, "sr": np.array(16000, np.int64)})
        found.append(float(probability[0, 0]))
    return found


def main() -> None:
    shared, names = sys.argv[1], sys.argv[2:]
    session = onnxruntime.InferenceSession(f"{shared}/fixtures/silero-vad/silero_vad.onnx",
                                           providers=["CPUExecutionProvider"])
    print(f"# Written by make_probabilities.py with onnxruntime {onnxruntime.__version__}.")
    for name in names:
        samples = samples_of(f"{shared}/{name}")
        values = probabilities_of(session, samples)
        print("recording", name, len(samples), "probabilities",
              *(f"{value:.7f}" for value in values))


main()
