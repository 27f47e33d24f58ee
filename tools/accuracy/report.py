"""Collects measurements with their bounds and writes them as a page."""

import dataclasses
import pathlib
import sys


@dataclasses.dataclass
class Row:
    what: str
    measured: str
    bound: str
    passed: bool


class Report:
    def __init__(self):
        self.sections: list[tuple[str, list[Row], list[str]]] = []

    def section(self, title: str) -> None:
        self.sections.append((title, [], []))
        print(f"\n{title}", flush=True)

    def check(self, what: str, measured: str, bound: str, passed: bool) -> None:
        self.sections[-1][1].append(Row(what, measured, bound, passed))
        print(f"  {'ok  ' if passed else 'FAIL'}  {what}: {measured} (asked: {bound})", flush=True)

    def note(self, text: str) -> None:
        self.sections[-1][2].append(text)
        print(f"        {text}", flush=True)

    @property
    def failures(self) -> int:
        return sum(not row.passed for _, rows, _ in self.sections for row in rows)

    def write(self, path: pathlib.Path, introduction: str) -> None:
        lines = ["# Accuracy", "", introduction.strip(), ""]
        for title, rows, notes in self.sections:
            lines += [f"## {title}", ""]
            if rows:
                lines += ["| what | measured | asked | |", "|---|---|---|---|"]
                lines += [f"| {row.what} | {row.measured} | {row.bound} | "
                          f"{'passed' if row.passed else '**failed**'} |" for row in rows]
                lines.append("")
            lines += [f"- {note}" for note in notes] + ([""] if notes else [])
        path.write_text("\n".join(lines).rstrip() + "\n")
        print(f"\nWritten: {path}", file=sys.stderr)
