#!/usr/bin/env python3
"""Writes speech_spans.txt: what Silero's get_speech_timestamps makes of probabilities.

    make_speech_spans_golden.py PROBABILITIES... > speech_spans.txt

Needs the Python package silero-vad 6.2.3. PROBABILITIES: files as silero_vad/testdata has them, which
the test reads as well. The other cases are random walks, which the test makes again from the seed.
"""

import sys

from silero_vad.utils_vad import get_speech_timestamps_from_probs

_MASK = (1 << 64) - 1

# threshold, negative threshold or -1, minimum speech, minimum silence, padding, maximum or -1 (ms)
_OPTIONS = [
    (0.5, -1, 250, 100, 30, -1),
    (0.5, -1, 0, 2000, 400, -1),
    (0.5, -1, 0, 160, 400, 30000),
    (0.5, 0.2, 100, 300, 200, 5000),
    (0.25, -1, 0, 160, 0, 3000),
    (0.75, 0.6, 500, 0, 100, -1),
    (0.1, -1, 64, 500, 250, 2500),
]


def mix_bits(value: int) -> int:
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def random_walk(seed: int, frames: int) -> list[float]:
    """Levels from 0 to 1 in steps of 1/32, which float32 holds exactly."""
    level, walk = 0, []
    for frame in range(frames):
        bits = mix_bits((seed << 32) + frame)
        level += (bits % 17) - 8
        if bits >> 56 < 20:
            level = 32 - level
        level = min(32, max(0, level))
        walk.append(level / 32)
    return walk


def spans(probabilities: list[float], samples: int, options: tuple) -> list[dict]:
    threshold, negative, min_speech, min_silence, padding, maximum = options
    return get_speech_timestamps_from_probs(
        probabilities, threshold=threshold, neg_threshold=None if negative < 0 else negative,
        min_speech_duration_ms=min_speech, min_silence_duration_ms=min_silence,
        speech_pad_ms=padding, audio_length_samples=samples,
        max_speech_duration_s=float("inf") if maximum < 0 else maximum / 1000)


def write(kind: str, probabilities: list[float], samples: int) -> None:
    print(kind)
    for options in _OPTIONS:
        found = spans(probabilities, samples, options)
        print("options", *options, "spans", *(f"{s['start']}-{s['end']}" for s in found))


def main() -> None:
    print("# Written by make_speech_spans_golden.py with silero-vad 6.2.3.")
    for path in sys.argv[1:]:
        for line in open(path, encoding="utf-8"):
            fields = line.split()
            if fields and fields[0] == "recording":
                values = [float(value) for value in fields[4:]]
                write(f"recording {fields[1]} {fields[2]}", values, int(fields[2]))
    for seed in range(24):
        frames = 1 + mix_bits(seed) % 700
        samples = frames * 512 - mix_bits(seed + 1000) % 512
        write(f"walk {seed} {frames} {samples}", random_walk(seed, frames), samples)


main()
