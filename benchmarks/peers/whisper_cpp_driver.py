"""whisper.cpp through pywhispercpp, half-precision weights; see driver.py.

It does neither `batched` nor `callers`.
"""

import driver
from pywhispercpp.model import Model


def load(model: str, threads: int, mode: str):
    # Greedy is its sampling strategy 0; the fallback's increment of 0 means temperature 0 alone.
    settings = {"n_threads": threads, "language": "en", "print_progress": False}
    if mode != "long":
        settings |= {"temperature": 0.0, "temperature_inc": 0.0, "greedy": {"best_of": 1},
                     "no_context": True}
    # Its log would be taken for the text.
    whisper = Model(model, params_sampling_strategy=0, redirect_whispercpp_logs_to=None, **settings)
    return lambda path: " ".join(segment.text for segment in whisper.transcribe(path))


if __name__ == "__main__":
    driver.main(load)
