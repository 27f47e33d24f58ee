"""What the tests of the server transcribe: real speech of Debian's pocketsphinx-testdata."""

import pathlib
import wave

FOLDER = pathlib.Path("/usr/share/pocketsphinx/test/data/librivox")


def short_ones():
    """Recordings of some seconds each, sorted by name; none if the package is missing."""
    return sorted(FOLDER.glob("*.wav"))


def write_long_one(path, times):
    """All of them one after the other, `times` times: long enough to be killed in the middle."""
    with wave.open(str(path), "wb") as output:
        for number, recording in enumerate(short_ones() * times):
            with wave.open(str(recording), "rb") as part:
                if number == 0:
                    output.setparams(part.getparams())
                output.writeframes(part.readframes(part.getnframes()))
