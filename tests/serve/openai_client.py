"""OpenAI's own Python client against a server of the real program, by hand, and with a folder of npm
the one for Node too:

    python3 -m venv V && V/bin/pip install openai && npm install --prefix V openai
    V/bin/python tests/serve/openai_client.py PROGRAM [V]
"""

import pathlib
import subprocess
import sys
import tempfile

import recordings
from server import Server

try:
    import openai
except ImportError:
    print("SKIPPED: the package openai is not installed")
    sys.exit(77)


def main():
    recording = recordings.short_ones()[0]
    with tempfile.TemporaryDirectory() as folder:
        server = Server(sys.argv[1], folder)
        try:
            client = openai.OpenAI(base_url=server.url + "/v1", api_key="none")
            names = [model.id for model in client.models.list()]
            assert "tiny.en" in names, names
            with open(recording, "rb") as file:
                whole = client.audio.transcriptions.create(model="whisper-1", file=file)
            with open(recording, "rb") as file:
                verbose = client.audio.transcriptions.create(
                    model="whisper-1", file=file, response_format="verbose_json",
                    timestamp_granularities=["word", "segment"])
            assert verbose.words and verbose.segments and verbose.text == whole.text
            with open(recording, "rb") as file:
                events = list(client.audio.transcriptions.create(model="whisper-1", file=file,
                                                                 stream=True))
            assert events[-1].text == whole.text, events[-1]
            try:
                client.models.retrieve("nothing")
                raise AssertionError("there is no such model")
            except openai.NotFoundError:
                pass
            print(f"openai {openai.__version__}: transcription, words, events and errors are good")
            if len(sys.argv) > 2:
                script = pathlib.Path(__file__).with_suffix(".mjs")
                subprocess.run(["node", script, sys.argv[2], server.url, recording], check=True)
        finally:
            server.kill()


if __name__ == "__main__":
    main()
