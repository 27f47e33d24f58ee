"""Writes the golden files of log_mel_test.cc: mel_filters.txt and log_mel_golden.txt.

Whisper's features from the published formula, in double precision with numpy's FFT. With
--filters NPZ, the filter file of openai-whisper (arrays mel_80 and mel_128), the filters computed
here are first shown to equal those within 1e-7; with --whisper, the features are shown to equal
those of the installed openai-whisper within 1e-4 (it computes in single precision).

    python3 make_log_mel_golden.py --filters mel_filters.npz [--whisper]
"""
import argparse

import numpy as np

FRAMES = [0, 1, 2, 37, 100, 150, 198, 199, 200, 201, 202, 2999]


def signal():
    """2 s of a chirp from 50 Hz to 7 kHz with noise, as 16-bit values; the test makes the same."""
    i = np.arange(32000)
    seconds = i / 16000.0
    chirp = 9000.0 * np.sin(2 * np.pi * (50.0 * seconds + 1737.5 * seconds * seconds))
    state, noise = 1, []
    for _ in i:
        state = (state * 16807) % 2147483647
        noise.append(state % 401 - 200)
    return (np.floor(chirp + 0.5) + np.array(noise)) / 32768.0


def mel_filters(num_mels):
    log_step = np.log(6.4) / 27.0

    def to_hz(mel):
        upper = 1000 * np.exp(log_step * (np.maximum(mel, 15) - 15))
        return np.where(mel < 15, mel * 200 / 3, upper)

    points = to_hz(np.linspace(0, 15 + np.log(8.0) / log_step, num_mels + 2))
    bins = np.arange(201) * 40.0
    rows = []
    for left, peak, right in zip(points, points[1:], points[2:]):
        rising, falling = (bins - left) / (peak - left), (right - bins) / (right - peak)
        rows.append(np.maximum(0, np.minimum(rising, falling)) * 2 / (right - left))
    return np.array(rows)


def features(samples, num_mels):
    padded = np.pad(np.concatenate([samples, np.zeros(480000)]), 200, mode="reflect")
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    frames = np.stack([padded[t * 160:t * 160 + 400] * window for t in range(3000)])
    power = np.abs(np.fft.rfft(frames)) ** 2
    logs = np.log10(np.maximum(power @ mel_filters(num_mels).T, 1e-10))
    return (np.maximum(logs, logs.max() - 8) + 4) / 4


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--filters")
    parser.add_argument("--whisper", action="store_true")
    arguments = parser.parse_args()
    with open("mel_filters.txt", "w") as out:
        out.write("# num_mels mel bin weight; made by make_log_mel_golden.py\n")
        for num_mels in (80, 128):
            filters = mel_filters(num_mels)
            if arguments.filters:
                expected = np.load(arguments.filters)[f"mel_{num_mels}"]
                print(num_mels, "filters differ by", np.abs(filters - expected).max())
                assert np.abs(filters - expected).max() < 1e-7
            for mel, bin_ in zip(*np.nonzero(filters > 1e-12)):
                out.write(f"{num_mels} {mel} {bin_} {filters[mel, bin_]:.9g}\n")
    with open("log_mel_golden.txt", "w") as out:
        out.write("# num_mels frame, then the features; made by make_log_mel_golden.py\n")
        for num_mels in (80, 128):
            rows = features(signal(), num_mels)
            if arguments.whisper:
                import whisper
                expected = whisper.log_mel_spectrogram(
                    signal().astype(np.float32), num_mels, padding=480000)[:, :3000].numpy().T
                print(num_mels, "features differ by", np.abs(rows - expected).max())
                assert np.abs(rows - expected).max() < 1e-4
            for frame in FRAMES:
                values = " ".join(f"{value:.7f}" for value in rows[frame])
                out.write(f"{num_mels} {frame} {values}\n")


if __name__ == "__main__":
    main()
