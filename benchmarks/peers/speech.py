"""The recordings that all sides get, written anew for every round."""

import pathlib
import random
import subprocess
import wave

import recordings as data_sets
import word_errors

RATE_HZ = 16000
BYTES_PER_SAMPLE = 2
GAP_SECONDS = 0.5
EXCERPT_SECONDS = 60
_MAX_LEAD_IN_MS = 20
_CHOSEN_SPEAKERS = 3


def _silence(seconds: float) -> bytes:
    return bytes(BYTES_PER_SAMPLE * int(seconds * RATE_HZ))


def _decode(path: pathlib.Path) -> bytes:
    """Samples as 16-bit little-endian mono."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-f", "s16le", "-ac", "1",
               "-ar", str(RATE_HZ), "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _write_wav(path: pathlib.Path, samples: bytes) -> pathlib.Path:
    with wave.open(str(path), "wb") as output:
        output.setparams((1, BYTES_PER_SAMPLE, RATE_HZ, 0, "NONE", ""))
        output.writeframes(samples)
    return path


def _seconds(samples: bytes) -> float:
    return len(samples) / BYTES_PER_SAMPLE / RATE_HZ


class Speech:
    """60 utterances of six speakers, each time behind 1 to 20 ms of silence.

    So nothing that a side may have kept from an earlier round can be of use. `limit` takes fewer
    utterances, spread over the speakers, to try the benchmark out.
    """

    def __init__(self, data: pathlib.Path, seed: int, limit: int | None = None):
        every = data_sets.librispeech(data)
        self.is_whole = limit is None or limit >= len(every)
        count = len(every) if self.is_whole else limit
        self.recordings = [every[index * len(every) // count] for index in range(count)]
        self._samples = [_decode(recording.path) for recording in self.recordings]
        self._single = _decode(data / "formats" / "jfk.wav")
        self.seconds = sum(map(_seconds, self._samples))
        self._random = random.Random(seed)

    def write(self, folder: pathlib.Path) -> dict[str, list[pathlib.Path]]:
        """The inputs of one round: `short` (a file each), `long`, `excerpt`, `single` (11 s)."""
        short = [_write_wav(folder / f"{recording.path.stem}.wav", self._lead_in() + samples)
                 for recording, samples in zip(self.recordings, self._samples)]
        gap = _silence(GAP_SECONDS)
        long = self._lead_in() + b"".join(samples + gap for samples in self._samples)
        excerpt = long[:BYTES_PER_SAMPLE * RATE_HZ * EXCERPT_SECONDS]
        return {"short": short,
                "long": [_write_wav(folder / "long.wav", long)],
                "excerpt": [_write_wav(folder / "excerpt.wav", excerpt)],
                "single": [_write_wav(folder / "single.wav", self._lead_in() + self._single)]}

    def seconds_of(self, kind: str) -> float:
        """Seconds of speech; the gaps between the utterances of the long recording do not count."""
        if kind == "single":
            return _seconds(self._single)
        return min(self.seconds, EXCERPT_SECONDS) if kind == "excerpt" else self.seconds

    def error_percent(self, kind: str, texts: list[str]) -> float | None:
        if kind == "short":
            return sum(self.errors_by_utterance(kind, texts), word_errors.Errors()).percent
        return word_errors.count(self.truth, texts[0]).percent if kind == "long" else None

    def errors_by_utterance(self, kind: str, texts: list[str]) -> list[word_errors.Errors]:
        truths = [recording.text for recording in self.recordings]
        if kind == "long":
            return word_errors.count_by_part(truths, texts[0])
        return [word_errors.count(truth, text) for truth, text in zip(truths, texts)]

    @property
    def truth(self) -> str:
        return " ".join(recording.text for recording in self.recordings)

    def is_of_first_speakers(self) -> list[bool]:
        """By utterance: whether its speaker is of the half that levers were chosen on."""
        speakers = [recording.path.parent.name for recording in self.recordings]
        first = sorted(set(speakers))[:_CHOSEN_SPEAKERS]
        return [speaker in first for speaker in speakers]

    def _lead_in(self) -> bytes:
        return _silence(self._random.randint(1, _MAX_LEAD_IN_MS) / 1000)
