"""Rules on the tree: folder READMEs, files no build rule names, tests beside sources, machine paths."""

import pathlib
import re
import subprocess

_SOURCES = (".cc", ".h", ".py", ".sh", ".cmake")
_TEXTS = _SOURCES + (".md", ".txt", ".json", ".yml", ".yaml", ".tsv", "Makefile", "CMakeLists.txt")
_SKIPPED_FOLDERS = {".git", "build", "models", ".cache", "__pycache__", "node_modules"}
_MACHINE_PATH = re.compile(r"(?<![\w.$}])/(?:work|root|home/[a-z]\w*)/")


def files(root: pathlib.Path) -> list[str]:
    """Every file of the tree, relative to the root, without what git ignores.

    Outside a git checkout (an unpacked archive, a test) the known names of build folders are left out.
    """
    found = []
    if (root / ".git").exists():
        listing = subprocess.run(["git", "ls-files", "-z", "--cached", "--others",
                                  "--exclude-standard"], cwd=root, capture_output=True, text=True)
        if listing.returncode == 0:
            names = set(listing.stdout.split("\0")) - {""}
            return sorted(name for name in names if (root / name).is_file())
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        top_skipped = relative.parts[0] in _SKIPPED_FOLDERS
        if path.is_file() and not top_skipped and "__pycache__" not in relative.parts:
            found.append(relative.as_posix())
    return found


def is_text(path: str) -> bool:
    return path.endswith(_TEXTS)


def check_readmes(paths: list[str]) -> list[tuple[str, str]]:
    present = set(paths)
    folders = {path.rsplit("/", 1)[0] for path in paths if "/" in path and path.endswith(_SOURCES)}
    return [("readme", f"{folder}: README.md is missing")
            for folder in sorted(folders)
            if f"{folder}/README.md" not in present and "/testdata" not in folder]


def _named_in_build(path: str, root: pathlib.Path) -> bool:
    """Whether a CMakeLists.txt of the file's folder or one above names it."""
    folder, name = path.rsplit("/", 1)
    parts = folder.split("/")
    for depth in range(len(parts), 0, -1):
        lists = root.joinpath(*parts[:depth], "CMakeLists.txt")
        if not lists.is_file():
            continue
        for word in re.findall(r"[\w./${}-]+\.cc", lists.read_text()):
            # A variable in the name, as in linear_${level}.cc, stands for anything.
            pattern = ".*".join(re.escape(part) for part in re.split(r"\$\{\w+\}", word))
            if re.fullmatch(rf"(?:.*/)?{pattern}", path) or re.fullmatch(pattern, name):
                return True
    return False


def check_orphans(paths: list[str], root: pathlib.Path) -> list[tuple[str, str]]:
    return [("orphan", f"{path}: no CMakeLists.txt names it")
            for path in paths
            if path.startswith("src/") and path.endswith(".cc") and not _named_in_build(path, root)]


def warn_untested(paths: list[str]) -> list[str]:
    """Sources without a test of their own name; a hint, since one test may cover several files."""
    present = set(paths)
    untested = []
    for path in paths:
        if not path.startswith("src/") or not path.endswith(".cc"):
            continue
        if path.endswith(("_test.cc", "_bench.cc", "_fuzz.cc", "_table.cc")) or "/apps/" in path:
            continue
        folder = path.rsplit("/", 1)[0]
        if any(other.startswith(folder + "/") and other.endswith("_test.cc") for other in present):
            continue
        untested.append(path)
    return untested


def check_machine_paths(path: str, text: str) -> list[tuple[str, str]]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if _MACHINE_PATH.search(line):
            found.append(("machine-path", f"{path}:{number}: a path of somebody's machine"))
    return found
