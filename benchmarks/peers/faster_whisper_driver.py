"""faster-whisper in int8; see driver.py."""

import ctranslate2
import driver
import faster_whisper

_BATCH_SIZE = 8


def load(model: str, threads: int, mode: str):
    ctranslate2.set_random_seed(0)  # For temperatures above 0.
    whisper = faster_whisper.WhisperModel(model, compute_type="int8", cpu_threads=threads)
    settings = {"language": "en", "beam_size": 1}
    if mode == "batched":
        # Voice activity and text without timestamps are what it does here by default.
        whisper = faster_whisper.BatchedInferencePipeline(whisper)
        settings |= {"batch_size": _BATCH_SIZE}
    elif mode != "long":
        settings |= {"temperature": 0.0, "condition_on_previous_text": False}

    def transcribe(path: str) -> str:
        segments, _ = whisper.transcribe(path, **settings)
        return "".join(segment.text for segment in segments)
    return transcribe


if __name__ == "__main__":
    driver.main(load)
