"""Objects compiled for one CPU level may not define symbols that the linker merges with others'.

An inline function or template that such an object emits is weak; the linker keeps any one copy, so a
machine without that level could run the copy that needs it and die of an illegal instruction.
"""

import pathlib
import re
import subprocess

_LEVEL_OBJECT = re.compile(r"_(?:avx\w*|vnni|bf16|neon\w*|sve\w*)\.cc\.o$")
_MERGED_TYPES = set("WwVvu")


def level_objects(build: pathlib.Path) -> list[pathlib.Path]:
    return sorted(path for path in build.rglob("*.o") if _LEVEL_OBJECT.search(path.name))


def check(path: pathlib.Path) -> list[tuple[str, str]]:
    listing = subprocess.run(["nm", "--defined-only", "-C", str(path)], capture_output=True,
                             text=True, check=True).stdout
    found = []
    for line in listing.splitlines():
        match = re.match(r"[0-9a-fA-F]* +(\w) (.*)", line)
        if match and match.group(1) in _MERGED_TYPES:
            found.append(("weak-symbol", f"{path.name}: defines weak symbol {match.group(2)}"))
    return found
