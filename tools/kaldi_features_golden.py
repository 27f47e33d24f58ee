"""Writes src/dsp/kaldi_features_golden.h: features of kaldi-native-fbank (1.23.0) for the sound that
kaldi_features_test.cc makes, without dither, the first and the last of six frames."""

import math

import kaldi_native_fbank as knf


def sound(count):
    state, samples = 1, []
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        noise = (state >> 16) / 65536 - 0.5
        samples.append(float(math.floor(3000 * math.sin(0.05 * i) + 1000 * math.sin(0.31 * i)
                                        + 400 * noise)))
    return samples


def first_and_last(kind, options):
    computer = kind(options)
    computer.accept_waveform(16000, sound(1200))
    computer.input_finished()
    assert computer.num_frames_ready == 6
    return list(computer.get_frame(0)) + list(computer.get_frame(5))


def array(name, values):
    lines = ["    " + ", ".join(f"{value:.6f}f" for value in values[i:i + 8]) + ","
             for i in range(0, len(values), 8)]
    return f"inline constexpr float {name}[] = {{\n" + "\n".join(lines) + "\n};\n"


def cepstra():
    options = knf.MfccOptions()
    options.frame_opts.dither = 0
    return options


def main():
    plain = cepstra()
    plain.use_energy, plain.num_ceps = False, 40
    plain.mel_opts.num_bins, plain.mel_opts.high_freq = 40, 7600
    energy = cepstra()
    energy.mel_opts.low_freq, energy.mel_opts.high_freq = 40, -400
    bank = knf.FbankOptions()
    bank.frame_opts.dither, bank.frame_opts.window_type = 0, "hamming"
    bank.mel_opts.num_bins = 24
    print("// Made by tools/kaldi_features_golden.py, which says of what.\n#pragma once\n\n"
          "namespace ironscribe::dsp {\n")
    print(array("kGoldenCepstra", first_and_last(knf.OnlineMfcc, plain)))
    print(array("kGoldenCepstraWithEnergy", first_and_last(knf.OnlineMfcc, energy)))
    print(array("kGoldenBank", first_and_last(knf.OnlineFbank, bank)))
    print("}  // namespace ironscribe::dsp")


main()
