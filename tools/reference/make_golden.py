"""Writes the golden files of tests/golden from the reference implementation.

    tools/reference/make_golden.py MODEL_FOLDER OUTPUT_FOLDER

The recordings are those of Debian's pocketsphinx-testdata. What the files hold and how they are laid
out is described in tests/golden/README.md.
"""

import pathlib
import sys

import numpy as np

import openai_whisper

RECORDINGS = pathlib.Path("/usr/share/pocketsphinx/test/data/librivox")
FIRST_MEL_FRAME, MEL_FRAMES = 100, 100  # The second second, in which this speaker is talking.
ROWS = 8  # Decoder positions.
# Every 16th vocabulary entry and every 25th encoder frame: enough to see an error, small enough to
# commit.
VOCABULARY_STRIDE = 16
FRAME_STRIDE = 25


def write_texts(model, path: pathlib.Path) -> dict:
    """One line a segment; returns the results by recording."""
    results = {}
    lines = ["recording\tstart_seconds\tend_seconds\taverage_log_probability\ttext"]
    for recording in sorted(RECORDINGS.glob("*.wav")):
        result = openai_whisper.transcribe(model, recording, language="en")
        results[recording] = result
        for segment in result["segments"]:
            lines.append(f"{recording.name}\t{segment['start']:.2f}\t{segment['end']:.2f}\t"
                         f"{segment['avg_logprob']:.4f}\t{segment['text']}")
    path.write_text("\n".join(lines) + "\n")
    return results


def write_words(model, path: pathlib.Path) -> None:
    lines = ["recording\tstart_seconds\tend_seconds\tprobability\tword"]
    for recording in sorted(RECORDINGS.glob("*.wav")):
        result = openai_whisper.transcribe(model, recording, language="en", word_timestamps=True)
        for segment in result["segments"]:
            for word in segment["words"]:
                lines.append(f"{recording.name}\t{word['start']:.2f}\t{word['end']:.2f}\t"
                             f"{word['probability']:.4f}\t{word['word']}")
    path.write_text("\n".join(lines) + "\n")


def write_numbers(model, recording: pathlib.Path, tokens: list[int], folder: pathlib.Path) -> None:
    mel = openai_whisper.log_mel(model, recording)
    logits = openai_whisper.forced_logits(model, mel, tokens)[:ROWS]
    attention = openai_whisper.alignment_scores(model, mel, tokens)[:ROWS]
    arrays = {
        "mel": mel[:, FIRST_MEL_FRAME : FIRST_MEL_FRAME + MEL_FRAMES],
        "attention": attention[:, :, ::FRAME_STRIDE],
        "log_probabilities": logits.log_softmax(dim=-1)[:, ::VOCABULARY_STRIDE],
        "logit_norms": logits.norm(dim=-1),
    }
    for name, values in arrays.items():
        (folder / f"{name}.f32").write_bytes(values.contiguous().numpy().astype("<f4").tobytes())
        print(name, list(values.shape))
    (folder / "tokens.txt").write_text(" ".join(map(str, tokens)) + "\n")


def main() -> None:
    model_folder, output = map(pathlib.Path, sys.argv[1:3])
    folder = output / model_folder.name
    folder.mkdir(parents=True, exist_ok=True)
    model = openai_whisper.load(model_folder)
    results = write_texts(model, folder / "segments.tsv")
    write_words(model, folder / "words.tsv")
    recording = sorted(results)[0]
    # The decoder's start sequence for English transcription with timestamps, then the text itself.
    tokens = list(openai_whisper.start_tokens(model, "en", "transcribe"))
    tokens += results[recording]["segments"][0]["tokens"]
    write_numbers(model, recording, tokens, folder)


if __name__ == "__main__":
    main()
