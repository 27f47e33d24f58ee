"""Rules on single C++ files: includes, sizes, names, calls and comments."""

import re

import cpp_text
from layers import FAMILY_FOLDERS, LAYERS

MAX_FILE_LINES = 500
MAX_KERNEL_FILE_LINES = 600
MAX_TEST_FILE_LINES = 800
MAX_FUNCTION_LINES = 70

_INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
_NLOHMANN = re.compile(r"^\s*#\s*include\s*<nlohmann/", re.MULTILINE)
_BANNED_STEM = re.compile(r"(?:^|_)(?:utils?|helpers?|common|misc)$")
_TODO = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
_TODO_FORM = re.compile(r"\bTODO\(#\d+\): \S")

# (what is banned, pattern, folders that may use it, files that may use it)
_BANNED_CALLS = [
    ("getenv", re.compile(r"\b(?:secure_)?getenv\s*\("), {"apps"}, set()),
    ("exit", re.compile(r"(?<![\w.>])(?:_exit|_Exit|exit|quick_exit)\s*\("), {"apps"}, set()),
    ("abort", re.compile(r"(?<![\w.>])abort\s*\("), set(), {"src/base/check.cc"}),
    ("std::cout", re.compile(r"\bstd::c(?:out|err)\b"), {"apps"}, set()),
    ("rand", re.compile(r"(?<![\w.>])s?rand\s*\("), set(), set()),
    ("std::random_device", re.compile(r"\brandom_device\b"), set(), set()),
    ("throw", re.compile(r"\bthrow\b"), set(), set()),
]


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _is_test(path: str) -> bool:
    return path.endswith(("_test.cc", "_bench.cc", "_fuzz.cc")) or path.startswith("tests/")


def check_includes(path: str, text: str) -> list[tuple[str, str]]:
    parts = path.split("/")
    if parts[0] != "src" or len(parts) < 3:
        return []
    folder = parts[1]
    if folder not in LAYERS:
        return [("layer", f"{path}: folder src/{folder} is not in tools/tidy/layers.py")]
    found = []
    for match in _INCLUDE.finditer(text):
        target = match.group(1).split("/")
        where = f"{path}:{_line_of(text, match.start())}"
        if target[0] not in LAYERS or len(target) < 2:
            found.append(("include", f'{where}: "{match.group(1)}" is not a path from src/'))
        elif target[0] != folder and LAYERS[target[0]] >= LAYERS[folder]:
            found.append(("layer", f"{where}: {folder} (layer {LAYERS[folder]}) may not include "
                                   f"{target[0]} (layer {LAYERS[target[0]]})"))
        elif (folder in FAMILY_FOLDERS and target[0] == folder and len(target) > 2
              and len(parts) > 3 and target[1] != parts[2]):
            found.append(("layer", f"{where}: {folder}/{parts[2]} may not include "
                                   f"its sibling {folder}/{target[1]}"))
    if path.endswith(".h") and _NLOHMANN.search(text):
        found.append(("include", f"{path}: nlohmann/json belongs in .cc files only (compile time)"))
    return found


def check_sizes(path: str, text: str) -> list[tuple[str, str]]:
    if path.endswith("_table.cc"):
        return []
    ceiling = MAX_FILE_LINES
    if _is_test(path):
        ceiling = MAX_TEST_FILE_LINES
    elif path.startswith("src/kernels/"):
        ceiling = MAX_KERNEL_FILE_LINES
    found = []
    lines = text.count("\n")
    if lines > ceiling:
        found.append(("file-length", f"{path}: {lines} lines, the ceiling is {ceiling}"))
    for first, length, head in cpp_text.functions(text):
        if length > MAX_FUNCTION_LINES:
            found.append(("function-length", f"{path}:{first}: {length} lines, the ceiling is "
                                             f"{MAX_FUNCTION_LINES}: {head}"))
    return found


def check_name(path: str) -> list[tuple[str, str]]:
    stem = path.rsplit("/", 1)[-1].split(".")[0]
    stem = re.sub(r"_(?:test|bench|fuzz)$", "", stem)
    if _BANNED_STEM.search(stem):
        return [("name", f"{path}: name the file after what it does, not {stem!r}")]
    return []


def check_calls(path: str, text: str) -> list[tuple[str, str]]:
    if not path.startswith("src/") or _is_test(path):
        return []
    folder = path.split("/")[1]
    code = cpp_text.without_comments(text)
    found = []
    for name, pattern, folders, files in _BANNED_CALLS:
        if folder in folders or path in files:
            continue
        for match in pattern.finditer(code):
            found.append(("call", f"{path}:{_line_of(code, match.start())}: {name} is not for use here"))
    return found


def check_comments(path: str, text: str) -> list[tuple[str, str]]:
    found = []
    for line, comment in cpp_text.comments(text):
        for match in _TODO.finditer(comment):
            if not _TODO_FORM.match(comment, match.start()):
                found.append(("todo", f"{path}:{line}: write TODO(#issue): what is to be done"))
    return found


def check_header(path: str, text: str) -> list[tuple[str, str]]:
    if path.endswith(".h") and "#pragma once" not in text:
        return [("header", f"{path}: #pragma once is missing")]
    return []


def check(path: str, text: str) -> list[tuple[str, str]]:
    return (check_includes(path, text) + check_sizes(path, text) + check_name(path)
            + check_calls(path, text) + check_comments(path, text) + check_header(path, text))
