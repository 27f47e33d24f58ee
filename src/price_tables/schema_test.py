"""Holds the tables of data/prices to docs/schemas/prices.schema.json.

Usage: schema_test.py SCHEMA TABLE_DIR. Exit 77 (skipped) where a Debian package is missing.
"""

import copy
import datetime
import json
import pathlib
import sys

try:
    import jsonschema
    import yaml
except ImportError as error:
    print(f"SKIPPED: {error}; install the Debian packages python3-jsonschema and python3-yaml. "
          "The price tables were NOT checked against their schema")
    sys.exit(77)

# One change each that the schema must not let through.
WRONG = {
    "plan without source": lambda t: t["plans"][0].pop("source"),
    "plan without date": lambda t: t["plans"][0].pop("date"),
    "unknown kind": lambda t: t["plans"][0].update(kind="gradual"),
    "negative price": lambda t: t["plans"][0]["tiers"][0].update(price=-1),
    "no tiers": lambda t: t["plans"][0].pop("tiers"),
    "unknown key": lambda t: t["plans"][0].update(prise=1),
    "currency in words": lambda t: t.update(currency="dollars"),
    "error rate without source": lambda t: t["plans"][0]["wer"].pop("source"),
    "vCPUs without threads": lambda t: t["hardware"][0].pop("threads_per_core"),
    "offer without source": lambda t: t["hardware"][0]["offers"][0].pop("source"),
    "bought without life": lambda t: t["hardware"][0]["offers"][0].update(kind="bought"),
    "speed of nothing": lambda t: t["speeds"][0].pop("speed_per_core"),
}


def read(path):
    table = yaml.safe_load(path.read_text(encoding="utf-8"))

    def plain(value):  # YAML makes dates of their own of what are texts here.
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        if isinstance(value, list):
            return [plain(one) for one in value]
        return value.isoformat() if isinstance(value, datetime.date) else value

    return plain(table)


def main(schema_path, table_dir):
    schema = json.loads(pathlib.Path(schema_path).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = []
    together = {"format": 1, "currency": "USD"}
    for path in sorted(pathlib.Path(table_dir).glob("*.yaml")):
        table = read(path)
        failures += [f"{path.name}: {error.json_path}: {error.message}"
                     for error in validator.iter_errors(table)]
        together.update(table)
    for what, change in WRONG.items():
        broken = copy.deepcopy(together)
        change(broken)
        if validator.is_valid(broken):
            failures.append(f"the schema accepts: {what}")
    print("\n".join(failures) or "all tables fit their schema")
    return 1 if failures else 0


sys.exit(main(*sys.argv[1:]))
