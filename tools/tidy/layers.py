"""The layers of src/: a folder may include itself and folders of lower layers, never a sibling.

ARCHITECTURE.md explains them; this table is what is enforced.
"""

LAYERS = {
    "base": 0,
    "io": 1, "dsp": 1, "tensor": 1, "cost": 1,
    "audio": 2, "kernels": 2, "text": 2, "transcript": 2, "formats": 2, "sqlite": 2,
    "net": 2,
    "price_tables": 2,
    "nn": 3, "decoding": 3, "finishing": 3, "html": 3, "jobs": 3,
    "accounts": 3,
    "models": 4,
    "guard": 5,
    "engine": 6,
    "train": 7, "eval": 7, "cost_report": 7, "service": 7,
    "api": 8,
    "server": 9,
    "apps": 10,
}

# Folders whose subfolders are alternatives that may not know each other.
FAMILY_FOLDERS = {"models"}
