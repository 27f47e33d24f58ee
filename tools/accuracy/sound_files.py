"""Recordings as numbers: any format in, 16-bit WAV files at 16 kHz out."""

import pathlib
import subprocess
import wave

import numpy as np

RATE = 16000


def read(path: pathlib.Path) -> np.ndarray:
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-ac", "1",
               "-ar", str(RATE), "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, "<f4")


def write(path: pathlib.Path, samples: np.ndarray) -> pathlib.Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path
