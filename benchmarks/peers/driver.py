"""What the processes of the other sides share: the model loaded once, recordings in, texts out.

    X_driver.py MODEL THREADS MODE WAV...

| mode | work |
|---|---|
| short | one recording after another, greedy at temperature 0, without conditioning |
| callers | the same settings, 16 threads that call the one model |
| long | greedy, with the side's own default fallback and conditioning, sequential windows |
| batched | greedy, the windows of a recording together |
| fresh | as short; prints the text and nothing else |

All but `fresh` print one JSON object as the last line: seconds of work without loading, and texts.
"""

import concurrent.futures
import json
import sys
import time

_CALLERS = 16


def main(load) -> None:
    """`load(model, threads, mode)` gives the function from a path to its whole text."""
    model, threads, mode, *paths = sys.argv[1:]
    transcribe = load(model, int(threads), mode)
    if mode == "fresh":
        print(transcribe(paths[0]).strip(), flush=True)
        return
    began = time.monotonic()
    if mode == "callers":
        with concurrent.futures.ThreadPoolExecutor(_CALLERS) as callers:
            texts = list(callers.map(transcribe, paths))
    else:
        texts = [transcribe(path) for path in paths]
    print(json.dumps({"seconds": time.monotonic() - began, "texts": texts}))
