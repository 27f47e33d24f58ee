"""One side of the comparison: faster-whisper, the model loaded once, recordings one after another.

    faster_whisper_driver.py MODEL_FOLDER THREADS {short|long} WAV...

`short` is greedy at temperature 0 without conditioning; `long` is greedy with the default fallback and
conditioning. Prints the first text as soon as it is there, then one JSON object as the last line:
seconds of work without loading, and the texts.
"""

import json
import sys
import time

import faster_whisper


def main() -> None:
    folder, threads, mode, *paths = sys.argv[1:]
    settings = {"language": "en", "beam_size": 1}
    if mode == "short":
        settings |= {"temperature": 0.0, "condition_on_previous_text": False}
    model = faster_whisper.WhisperModel(folder, compute_type="int8", cpu_threads=int(threads))
    texts = []
    began = time.monotonic()
    for path in paths:
        segments, _ = model.transcribe(path, **settings)
        texts.append("".join(segment.text for segment in segments))
        if len(texts) == 1:
            print(texts[0].strip(), flush=True)
    print(json.dumps({"seconds": time.monotonic() - began, "texts": texts}))


if __name__ == "__main__":
    main()
