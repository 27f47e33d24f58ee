"""A recording of any length made of real ones: in random order, with gaps between them."""

import pathlib
import random
import subprocess

RATE = 16000
SAMPLE_BYTES = 2
FOLDERS = ("librispeech-other", "conversation", "telephone")
KINDS = {".flac", ".mp3"}
LONGEST_GAP_SECONDS = 20.0


def read(path: pathlib.Path) -> bytes:
    """16-bit samples, 16 kHz, mono."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-ac", "1",
               "-ar", str(RATE), "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def gap(rng: random.Random, noise: bytes) -> bytes:
    """Silence, or now and then real noise."""
    seconds = rng.uniform(0, LONGEST_GAP_SECONDS) * rng.random()
    size = int(seconds * RATE) * SAMPLE_BYTES
    if rng.random() < 0.2 and len(noise) > size:
        begin = rng.randrange((len(noise) - size) // SAMPLE_BYTES + 1) * SAMPLE_BYTES
        return noise[begin:begin + size]
    return bytes(size)


def make(data: pathlib.Path, hours: float, seed: int, path: pathlib.Path) -> None:
    """Writes a FLAC file that is at least so long."""
    paths = sorted(file for folder in FOLDERS for file in (data / folder).rglob("*")
                   if file.suffix in KINDS)
    if not paths:
        raise FileNotFoundError(f"no recordings in {data}")
    recordings = [read(file) for file in paths]
    noise = b"".join(read(file) for file in sorted((data / "noise" / "noise").glob("*.flac")))
    rng = random.Random(seed)
    left = int(hours * 3600 * RATE) * SAMPLE_BYTES
    encoder = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ac", "1", "-ar", str(RATE), "-i", "-",
         "-compression_level", "2", str(path)], stdin=subprocess.PIPE)
    order: list[bytes] = []
    while left > 0:
        if not order:
            order = rng.sample(recordings, len(recordings))
        for part in (order.pop(), gap(rng, noise)):
            encoder.stdin.write(part)
            left -= len(part)
    encoder.stdin.close()
    if encoder.wait() != 0:
        raise RuntimeError(f"ffmpeg could not write {path}")
