"""Holds the JSON writer and docs/schemas/transcript.schema.json to each other.

Usage: schema_test.py SCHEMA SAMPLE_DIR. Exit 77 (skipped) where python3-jsonschema is missing.
"""

import copy
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("SKIPPED: the Debian package python3-jsonschema is not installed; "
          "the JSON output was NOT checked against its schema")
    sys.exit(77)

# One change each that a reader must be able to rely on never seeing.
WRONG = {
    "no version": lambda t: t.pop("format_version"),
    "other version": lambda t: t.update(format_version=2),
    "no segments": lambda t: t.pop("segments"),
    "negative duration": lambda t: t.update(duration=-1),
    "unknown task": lambda t: t.update(task="sing"),
    "language name": lambda t: t.update(language="German"),
    "probability above 1": lambda t: t["segments"][0].update(no_speech_prob=1.5),
    "tokens as text": lambda t: t["segments"][0].update(tokens=["a"]),
    "word without time": lambda t: t["segments"][0]["words"][0].pop("end"),
    "span without reason": lambda t: t["dropped"][0].update(reason=""),
    "speech without seconds": lambda t: t["speech"].pop("seconds"),
    "negative speech": lambda t: t["speech"].update(without_text=-1),
    "short digest": lambda t: t["model"].update(digest="abc"),
    "unknown compute type": lambda t: t["model"].update(compute_type="int4"),
    "channel as text": lambda t: t["segments"][0].update(channel="agent"),
    "negative channel": lambda t: t["segments"][0]["words"][0].update(channel=-1),
    "more channels than are told apart": lambda t: t["dropped"][0].update(channel=16),
    "channel without name": lambda t: t["channels"][0].update(name=""),
    "channel without language": lambda t: t["channels"][0].pop("language"),
}


def main(schema_path, sample_dir):
    schema = json.loads(pathlib.Path(schema_path).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = []
    samples = {name: json.loads((pathlib.Path(sample_dir) / name).read_text(encoding="utf-8"))
               for name in ("full.json", "channels.json", "empty.json")}
    for name, sample in samples.items():
        failures += [f"{name}: {error.json_path}: {error.message}"
                     for error in validator.iter_errors(sample)]
    for what, change in WRONG.items():
        broken = copy.deepcopy(samples["channels.json"])
        change(broken)
        if validator.is_valid(broken):
            failures.append(f"the schema accepts a transcript with: {what}")
    # Every member that is written is described, so that the schema cannot fall behind.
    full = samples["channels.json"]
    described = [(full, schema), (full["segments"][0], schema["$defs"]["segment"]),
                 (full["segments"][0]["words"][0], schema["$defs"]["word"]),
                 (full["channels"][0], schema["properties"]["channels"]["items"]),
                 (full["dropped"][0], schema["properties"]["dropped"]["items"]),
                 (full["speech"], schema["properties"]["speech"]),
                 (full["model"], schema["properties"]["model"])]
    for written, part in described:
        failures += [f"not described: {key}" for key in written if key not in part["properties"]]
    print("\n".join(failures) or "the samples fit the schema")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
