#!/usr/bin/env python3
"""Vosk and ironscribe on the same recordings: equal words, time differences, speed."""

import argparse
import difflib
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import wave

BYTES_PER_CALL = 6400  # 0.2 s
BYTES_PER_SECOND = 32000


def model_without_dither(model, folder):
    copy = pathlib.Path(folder) / "model"
    shutil.copytree(model, copy)
    for conf in copy.glob("conf/*.conf"):
        if conf.name in ("mfcc.conf", "fbank.conf"):
            conf.write_text(conf.read_text().rstrip() + "\n--dither=0.0\n")
    return copy


def recording_bytes(path):
    with wave.open(path) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (16000, 1, 2):
            raise SystemExit(f"{path}: not 16 kHz, mono, 16 bit")
        return file.readframes(file.getnframes())


def by_vosk(vosk, model, data):
    recognizer = vosk.KaldiRecognizer(model, 16000)
    recognizer.SetWords(True)
    results = []
    start = time.monotonic()
    for begin in range(0, len(data), BYTES_PER_CALL):
        if recognizer.AcceptWaveform(data[begin:begin + BYTES_PER_CALL]):
            results.append(json.loads(recognizer.Result()))
    results.append(json.loads(recognizer.FinalResult()))
    seconds = time.monotonic() - start
    return [(word["word"], word["start"], word["end"], word["conf"])
            for result in results for word in result.get("result", [])], seconds


def by_ironscribe(program, model, paths, folder):
    start = time.monotonic()
    subprocess.run([program, "transcribe", *paths, "--model", model, "--format", "json",
                    "--word-times", "--output-dir", folder], check=True, capture_output=True)
    seconds = time.monotonic() - start
    words = {}
    for path in paths:
        text = (pathlib.Path(folder) / (pathlib.Path(path).stem + ".json")).read_text()
        words[path] = [(word["word"].strip(), word["start"], word["end"],
                        word.get("confidence", word.get("probability")))
                       for segment in json.loads(text)["segments"] for word in segment["words"]]
    return words, seconds


def compare(theirs, ours):
    """Words in all, equal words, the largest differences of their times and confidences."""
    matcher = difflib.SequenceMatcher(None, [w[0] for w in theirs], [w[0] for w in ours], False)
    pairs = [(theirs[block.a + i], ours[block.b + i])
             for block in matcher.get_matching_blocks() for i in range(block.size)]
    times = [max(abs(a[1] - b[1]), abs(a[2] - b[2])) for a, b in pairs]
    confidences = [abs(a[3] - b[3]) for a, b in pairs]
    return max(len(theirs), len(ours)), len(pairs), times, confidences


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ironscribe", required=True)
    parser.add_argument("--model", required=True, help="folder of a Vosk model")
    parser.add_argument("recordings", nargs="+")
    arguments = parser.parse_args()
    import vosk  # Only needed here, and it logs when it is loaded.
    vosk.SetLogLevel(-1)
    with tempfile.TemporaryDirectory() as folder:
        model = vosk.Model(str(model_without_dither(arguments.model, folder)))
        data = {path: recording_bytes(path) for path in arguments.recordings}
        ours, our_seconds = by_ironscribe(arguments.ironscribe, arguments.model,
                                          arguments.recordings, folder)
        vosk_seconds, total, equal, times, confidences = 0, 0, 0, [], []
        for path in arguments.recordings:
            theirs, seconds = by_vosk(vosk, model, data[path])
            vosk_seconds += seconds
            words, same, time_differences, confidence_differences = compare(theirs, ours[path])
            print(f"{path}: {same} of {words} words equal")
            total, equal = total + words, equal + same
            times += time_differences
            confidences += confidence_differences
        audio = sum(len(samples) for samples in data.values()) / BYTES_PER_SECOND
        print(f"words equal: {equal} of {total} ({100 * equal / max(total, 1):.1f} %)")
        print(f"largest difference of times {max(times, default=0):.3f} s, of confidences "
              f"{max(confidences, default=0):.3f}")
        print(f"{audio:.1f} s of audio: vosk {audio / vosk_seconds:.1f} x real time, "
              f"ironscribe {audio / our_seconds:.1f} x (with the start of the process)")


if __name__ == "__main__":
    main()
