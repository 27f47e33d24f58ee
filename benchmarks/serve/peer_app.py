"""faster-whisper behind FastAPI and uvicorn, as people deploy it: one model, uploads to a file.

    uvicorn peer_app:app      MODEL and THREADS come from the environment.
"""

import os
import tempfile

import fastapi
import faster_whisper

app = fastapi.FastAPI()
model = faster_whisper.WhisperModel(os.environ["MODEL"], device="cpu", compute_type="int8",
                                    cpu_threads=int(os.environ["THREADS"]))


@app.get("/readyz")
def ready() -> dict:
    return {}


@app.post("/v1/audio/transcriptions")
def transcribe(file: fastapi.UploadFile) -> dict:
    with tempfile.NamedTemporaryFile(suffix=".wav") as upload:
        upload.write(file.file.read())
        upload.flush()
        segments, _ = model.transcribe(upload.name, language="en", beam_size=1, temperature=0.0,
                                       condition_on_previous_text=False)
        return {"text": "".join(segment.text for segment in segments)}
