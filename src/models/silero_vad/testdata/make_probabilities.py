#!/usr/bin/env python3
"""Writes probabilities.txt: what ONNX Runtime makes of recordings with the weights we run.

    make_probabilities.py PACKAGE_DATA SHARED_DATA RECORDING... > probabilities.txt

PACKAGE_DATA: the folder silero_vad/data of the Python package silero-vad 6.2.3. Its ONNX and TorchScript
files hold other weights than its safetensors file, so the former are replaced, byte for byte, by the
latter inside the ONNX file; the graph stays Silero's. RECORDING: 16 kHz, one channel, relative to
SHARED_DATA. Needs the packages onnxruntime, torch, numpy and av.
"""

import json
import struct
import sys

import av
import numpy as np
import onnxruntime
import torch

_FRAME, _CONTEXT = 512, 64

_NAMES = {
    "stft_conv.weight": "stft.forward_basis_buffer",
    **{f"conv{i + 1}.{part}": f"encoder.{i}.reparam_conv.{part}"
       for i in range(4) for part in ("weight", "bias")},
    **{f"lstm_cell.{part}": f"decoder.rnn.{part}"
       for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")},
    **{f"final_conv.{part}": f"decoder.decoder.2.{part}" for part in ("weight", "bias")},
}


def safetensors(path: str) -> dict[str, bytes]:
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    return {name: data[8 + size + entry["data_offsets"][0]:8 + size + entry["data_offsets"][1]]
            for name, entry in header.items()}


def graph_with_weights(package: str) -> bytes:
    graph = open(f"{package}/silero_vad_16k_op15.onnx", "rb").read()
    script = torch.jit.load(f"{package}/silero_vad.jit").state_dict()
    for name, weights in safetensors(f"{package}/silero_vad_16k.safetensors").items():
        old = script[f"_model.{_NAMES[name]}"].numpy().tobytes()
        assert len(old) == len(weights) and graph.count(old) == 1, name
        graph = graph.replace(old, weights)
    return graph


def samples_of(path: str) -> np.ndarray:
    blocks = []
    with av.open(path) as container:
        for frame in container.decode(audio=0):
            assert frame.sample_rate == 16000 and frame.layout.nb_channels == 1, path
            block = frame.to_ndarray().reshape(-1)
            assert block.dtype == np.int16, path
            blocks.append(block.astype(np.float32) / 32768)
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
    package, shared, names = sys.argv[1], sys.argv[2], sys.argv[3:]
    session = onnxruntime.InferenceSession(graph_with_weights(package),
                                           providers=["CPUExecutionProvider"])
    print(f"# Written by make_probabilities.py with onnxruntime {onnxruntime.__version__}.")
    for name in names:
        samples = samples_of(f"{shared}/{name}")
        values = probabilities_of(session, samples)
        print("recording", name, len(samples), "probabilities",
              *(f"{value:.7f}" for value in values))


main()
