#!/usr/bin/env python3
"""Vosk and ironscribe on the same recordings: equal words, differences of times and confidences."""

import argparse
import difflib
import json
import pathlib
import shutil
import subprocess
import tempfile
import wave

SAMPLE_RATE_HZ = 16000
BYTES_PER_CALL = 6400  # 0.2 s
BYTES_PER_SECOND = 32000


def model_without_dither(model, folder):
    copy = pathlib.Path(folder) / "model"
    shutil.copytree(model, copy)
    for conf in copy.glob("conf/*.conf"):
        if conf.name in ("mfcc.conf", "fbank.conf"):
            conf.write_text(conf.read_text().rstrip() + "\n--dither=0.0\n")
    return copy


def as_wav(path, folder, number):
    """16 kHz, mono, 16 bit, so that both get the same samples."""
    wav = pathlib.Path(folder) / f"{number:04d}.wav"
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", path, "-ar", str(SAMPLE_RATE_HZ),
                    "-ac", "1", "-sample_fmt", "s16", wav], check=True)
    return wav


def samples_of(path):
    with wave.open(str(path)) as file:
        return file.readframes(file.getnframes())


def by_vosk(vosk, model, data):
    recognizer = vosk.KaldiRecognizer(model, SAMPLE_RATE_HZ)
    recognizer.SetWords(True)
    results = []
    for begin in range(0, len(data), BYTES_PER_CALL):
        if recognizer.AcceptWaveform(data[begin:begin + BYTES_PER_CALL]):
            results.append(json.loads(recognizer.Result()))
    results.append(json.loads(recognizer.FinalResult()))
    return [(word["word"], word["start"], word["end"], word["conf"])
            for result in results for word in result.get("result", [])]


def all_by_vosk(arguments, wavs, folder):
    """Vosk's words by recording; those that are kept from an earlier run are not made again."""
    keep = pathlib.Path(arguments.keep) if arguments.keep else None
    results = json.loads(keep.read_text()) if keep and keep.exists() else {}
    missing = [path for path in wavs if path not in results]
    if missing:
        import vosk  # Only needed here, and it logs when it is loaded.
        vosk.SetLogLevel(-1)
        model = vosk.Model(str(model_without_dither(arguments.model, folder)))
        for path in missing:
            results[path] = by_vosk(vosk, model, samples_of(wavs[path]))
            if keep:
                keep.write_text(json.dumps(results))
    return results


def by_ironscribe(program, model, wavs, folder):
    subprocess.run([program, "transcribe", *wavs.values(), "--model", model, "--format", "json",
                    "--word-times", "--output-dir", folder], check=True, capture_output=True)
    words = {}
    for path, wav in wavs.items():
        text = (pathlib.Path(folder) / f"{wav.stem}.json").read_text()
        words[path] = [(word["word"].strip(), word["start"], word["end"],
                        word.get("confidence", word.get("probability")))
                       for segment in json.loads(text)["segments"] for word in segment["words"]]
    return words


def compare(theirs, ours):
    """Words in all, pairs of equal ones, and those that stand alone."""
    matcher = difflib.SequenceMatcher(None, [w[0] for w in theirs], [w[0] for w in ours], False)
    pairs = [(theirs[block.a + i], ours[block.b + i])
             for block in matcher.get_matching_blocks() for i in range(block.size)]
    others = [(theirs[a:b], ours[c:d])
              for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]
    return max(len(theirs), len(ours)), pairs, others


def share_within(differences, limit):
    return 100 * sum(d <= limit for d in differences) / max(len(differences), 1)


def report(theirs, ours, verbose):
    total, equal, times, confidences = 0, 0, [], []
    for path in ours:
        words, pairs, others = compare(theirs[path], ours[path])
        total, equal = total + words, equal + len(pairs)
        times += [max(abs(a[1] - b[1]), abs(a[2] - b[2])) for a, b in pairs]
        confidences += [abs(a[3] - b[3]) for a, b in pairs]
        if len(pairs) == words and not verbose:
            continue
        print(f"{path}: {len(pairs)} of {words} words equal")
        for their, our in others:
            print(f"  vosk {their}\n  ours {our}")
    print(f"words equal: {equal} of {total} ({100 * equal / max(total, 1):.2f} %)")
    print(f"times: largest difference {max(times, default=0):.3f} s, "
          f"{share_within(times, 0.0301):.2f} % within 30 ms")
    print(f"confidences: largest difference {max(confidences, default=0):.3f}, "
          f"{share_within(confidences, 0.01):.2f} % within 0.01")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ironscribe", required=True)
    parser.add_argument("--model", required=True, help="folder of a Vosk model")
    parser.add_argument("--keep", help="file that Vosk's words are kept in from run to run")
    parser.add_argument("--verbose", action="store_true", help="every recording, not only where "
                        "words differ")
    parser.add_argument("recordings", nargs="+")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wavs = {path: as_wav(path, folder, i) for i, path in enumerate(arguments.recordings)}
        seconds = sum(len(samples_of(wav)) for wav in wavs.values()) / BYTES_PER_SECOND
        print(f"{len(wavs)} recordings, {seconds:.0f} s")
        theirs = all_by_vosk(arguments, wavs, folder)
        ours = by_ironscribe(arguments.ironscribe, arguments.model, wavs, folder)
        report(theirs, ours, arguments.verbose)


if __name__ == "__main__":
    main()
