"""Results of the other systems, kept in build/accuracy so that only the first run is slow."""

import json
import pathlib

import faster_whisper
import openai_whisper

_KEPT = pathlib.Path(__file__).resolve().parents[2] / "build" / "accuracy"


def _cached(name: str, recordings, compute) -> dict:
    """compute(path) -> plain value, looked up by path and size first."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    store = _KEPT / f"{name}.json"
    known = json.loads(store.read_text()) if store.is_file() else {}
    results = {}
    for recording in recordings:
        key = f"{recording.path.name}:{recording.path.stat().st_size}"
        if key not in known:
            known[key] = compute(recording.path)
            store.write_text(json.dumps(known))
        results[recording.path] = known[key]
    return results


def openai(model_folder: pathlib.Path, recordings, **options) -> dict:
    """openai-whisper in float32: {"text", "language", "segments": [{"seek", "tokens", ...}]}."""
    loaded = []

    def compute(path):
        if not loaded:
            loaded.append(openai_whisper.load(model_folder))
        result = openai_whisper.transcribe(loaded[0], path, **options)
        segments = [{key: segment[key] for key in ("seek", "start", "end", "tokens", "text")}
                    for segment in result["segments"]]
        return {"text": result["text"], "language": result["language"], "segments": segments}

    settings = "-".join(f"{key}={value}" for key, value in sorted(options.items()))
    return _cached(f"openai-{model_folder.name}-{settings}", recordings, compute)


def faster(model_folder: pathlib.Path, recordings) -> dict:
    """faster-whisper int8, greedy at temperature 0: {"text", "language"}."""
    loaded = []

    def compute(path):
        if not loaded:
            loaded.append(faster_whisper.WhisperModel(str(model_folder), compute_type="int8"))
        segments, info = loaded[0].transcribe(str(path), beam_size=1, temperature=0.0)
        return {"text": "".join(segment.text for segment in segments), "language": info.language}

    return _cached(f"faster-{model_folder.name}", recordings, compute)
