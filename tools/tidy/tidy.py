#!/usr/bin/env python3
"""Checks the rules of the house that neither the compiler nor clang-tidy knows; README.md lists them.

    tools/tidy/tidy.py [--root FOLDER]        the source tree
    tools/tidy/tidy.py --objects BUILD        objects of a release build that are for one CPU level

Exit status: 0 clean, 1 findings (one a line, `rule: where: what`), 2 wrong usage.
"""

import argparse
import pathlib
import sys

import object_rules
import source_rules
import tree_rules

_ALLOW_FILE = "tools/tidy/allow.txt"


def read_allowed(root: pathlib.Path) -> tuple[dict[tuple[str, str], str], list[str]]:
    """Exceptions as (rule, path) -> reason, and what is wrong with the list itself."""
    path = root / _ALLOW_FILE
    allowed, problems, limit = {}, [], None
    for number, line in enumerate(path.read_text().splitlines() if path.is_file() else [], 1):
        if line.startswith("limit "):
            limit = int(line.split()[1])
        elif line.strip() and not line.startswith("#"):
            fields = line.split(maxsplit=2)
            if len(fields) < 3:
                problems.append(f"allow: {_ALLOW_FILE}:{number}: want RULE PATH REASON")
            else:
                allowed[fields[0], fields[1]] = fields[2]
    if allowed and limit != len(allowed):
        problems.append(f"allow: {_ALLOW_FILE}: {len(allowed)} entries but limit {limit}; the limit "
                        "goes down with the list and never up")
    return allowed, problems


def check_tree(root: pathlib.Path) -> tuple[list[str], list[str]]:
    """Findings and warnings of the source tree."""
    paths = tree_rules.files(root)
    found = tree_rules.check_readmes(paths) + tree_rules.check_orphans(paths, root)
    for path in paths:
        if not tree_rules.is_text(path):
            continue
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        found += tree_rules.check_machine_paths(path, text)
        if path.endswith((".cc", ".h")):
            found += source_rules.check(path, text)
    allowed, problems = read_allowed(root)
    used = set()
    for rule, message in found:
        key = (rule, message.split(":")[0])
        if key in allowed:
            used.add(key)
        else:
            problems.append(f"{rule}: {message}")
    for rule, path in sorted(set(allowed) - used):
        problems.append(f"allow: {_ALLOW_FILE}: {rule} {path} is no longer needed; remove it")
    return problems, tree_rules.warn_untested(paths)


def check_objects(build: pathlib.Path) -> list[str]:
    objects = object_rules.level_objects(build)
    if not objects:
        return [f"objects: {build}: no object for a CPU level found; is it built?"]
    return [f"{rule}: {message}" for path in objects for rule, message in object_rules.check(path)]


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks the rules of the house.")
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--objects", type=pathlib.Path, metavar="BUILD")
    arguments = parser.parse_args()
    if arguments.objects:
        problems, warnings = check_objects(arguments.objects), []
    else:
        problems, warnings = check_tree(arguments.root)
    for path in warnings:
        print(f"warning: {path}: no test in its folder")
    for problem in problems:
        print(problem)
    print(f"tidy: {len(problems)} findings, {len(warnings)} warnings")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
