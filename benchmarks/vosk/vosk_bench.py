#!/usr/bin/env python3
"""Vosk and ironscribe on the same recordings and the same processors, alternately.

cold: a fresh recogniser of Vosk's, whose model is loaded, against a fresh process of ours. warm: a
recogniser, or a process, that has heard the recording and another one before. streams: sixteen
recordings at once in one process. Seconds are the least of the rounds.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
import wave

import vosk

SAMPLE_RATE_HZ = 16000
BYTES_PER_CALL = 6400  # 0.2 s
BYTES_PER_SECOND = 32000
STREAMS = 16


def samples_of(path):
    with wave.open(str(path)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (16000, 1, 2):
            raise SystemExit(f"{path}: not WAV, 16 kHz, mono, 16 bit")
        return file.readframes(file.getnframes())


def feed(recognizer, data):
    for begin in range(0, len(data), BYTES_PER_CALL):
        if recognizer.AcceptWaveform(data[begin:begin + BYTES_PER_CALL]):
            recognizer.Result()
    recognizer.FinalResult()


def recognizer_of(model):
    recognizer = vosk.KaldiRecognizer(model, SAMPLE_RATE_HZ)
    recognizer.SetWords(True)
    return recognizer


def seconds_of(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def vosk_streams(model, recordings, num_threads):
    """Streams are served block by block in turn; the library lets go of Python's lock."""
    streams = [(recognizer_of(model), data) for data in recordings]

    def serve(own):
        for begin in range(0, max(len(data) for _, data in own), BYTES_PER_CALL):
            for recognizer, data in own:
                if begin >= len(data):
                    continue
                if recognizer.AcceptWaveform(data[begin:begin + BYTES_PER_CALL]):
                    recognizer.Result()
        for recognizer, _ in own:
            recognizer.FinalResult()

    threads = [threading.Thread(target=serve, args=(streams[i::num_threads],))
               for i in range(num_threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Ours:
    def __init__(self, program, model):
        self._command = [program, "transcribe", "--model", model, "--format", "json",
                         "--word-times", "--force", "--progress", "json", "--threads"]

    def run(self, paths, num_threads, together):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [*self._command, str(num_threads), "--batch-size", str(together),
                 "--output-dir", folder, *paths], check=True, capture_output=True, text=True)
        return done.stderr + done.stdout

    def warm_seconds(self, path, other, num_threads):
        with tempfile.TemporaryDirectory() as folder:
            again = pathlib.Path(folder) / "again.wav"
            shutil.copy(path, again)
            lines = self.run([path, other, again], num_threads, 1)
        done = [json.loads(line) for line in lines.splitlines() if '"event":"done"' in line]
        return next(event["wall_seconds"] for event in done if event["file"].endswith("again.wav"))


def on_cpus(count):
    os.sched_setaffinity(0, set(sorted(_CPUS)[:count]))


_CPUS = os.sched_getaffinity(0)


def row(name, audio, theirs, ours):
    print(f"| {name} | {audio / theirs:.1f} | {audio / ours:.1f} | {theirs / ours:.1f} |", flush=True)
    return theirs / ours


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ironscribe", required=True)
    parser.add_argument("--model", required=True, help="folder of a Vosk model")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", choices=["cold", "warm", "streams"])
    parser.add_argument("recordings", nargs="+", help="WAV, 16 kHz, mono, 16 bit")
    arguments = parser.parse_args()
    vosk.SetLogLevel(-1)
    model = vosk.Model(arguments.model)
    ours = Ours(arguments.ironscribe, arguments.model)
    ours.run(arguments.recordings[:1], 1, 1)  # Packs the model if it is not.
    data = {path: samples_of(path) for path in arguments.recordings}
    print("| | Vosk, x real time | ironscribe | ratio |\n|---|---|---|---|")
    on_cpus(1)
    ratios = {"cold": [], "warm": []}
    alone = [] if arguments.only == "streams" else arguments.recordings
    for i, path in enumerate(alone):
        audio = len(data[path]) / BYTES_PER_SECOND
        other = arguments.recordings[i - 1]
        name = pathlib.Path(path).stem
        cold, warm = [], []
        for _ in range(arguments.rounds):
            recognizer = recognizer_of(model)
            theirs = seconds_of(lambda: feed(recognizer, data[path]))
            cold.append((theirs, seconds_of(lambda: ours.run([path], 1, 1))))
            if arguments.only in (None, "warm"):
                feed(recognizer, data[other])
                theirs = seconds_of(lambda: feed(recognizer, data[path]))
                warm.append((theirs, ours.warm_seconds(path, other, 1)))
        for kind, pairs in (("cold", cold), ("warm", warm)):
            if pairs and arguments.only in (None, kind):
                ratios[kind].append(row(f"{kind}, {name}, {audio:.0f} s", audio,
                                        *(min(side) for side in zip(*pairs))))
    for kind, values in ratios.items():
        if values:
            print(f"| {kind}, median of {len(values)} | | | {statistics.median(values):.1f} |")
    if arguments.only not in (None, "streams"):
        return
    num_threads = min(2, len(_CPUS))
    on_cpus(num_threads)
    paths = [arguments.recordings[i % len(arguments.recordings)] for i in range(STREAMS)]
    audio = sum(len(data[path]) for path in paths) / BYTES_PER_SECOND
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        links = [pathlib.Path(folder) / f"{i}.wav" for i in range(STREAMS)]
        for link, path in zip(links, paths):
            shutil.copy(path, link)
        for _ in range(arguments.rounds):
            theirs = seconds_of(
                lambda: vosk_streams(model, [data[path] for path in paths], num_threads))
            pairs.append((theirs, seconds_of(lambda: ours.run(links, num_threads, STREAMS))))
    row(f"{STREAMS} streams, {num_threads} threads, {audio:.0f} s", audio,
        *(min(side) for side in zip(*pairs)))


if __name__ == "__main__":
    main()
