#!/usr/bin/env python3
"""Measures Ironscribe against the reference implementation and writes docs/accuracy.md.

    tools/accuracy/accuracy.py DATA_FOLDER MODELS_FOLDER

Fails (exit status 1) when a bound is missed or data is missing.
"""

import dataclasses
import pathlib
import sys
import tempfile

import numpy as np

_TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_TOP / "tools" / "reference"))

import containers  # noqa: E402
import ironscribe_cli  # noqa: E402
import openai_whisper  # noqa: E402
import recordings as data_sets  # noqa: E402
import reference_texts  # noqa: E402
import word_errors  # noqa: E402
from report import Report  # noqa: E402

_INTRODUCTION = """
Written by `make accuracy`; do not edit. Reference: openai-whisper 20250625 (PyTorch, float32) on the
very weights that `ironscribe models pull` installs. Greedy at temperature 0 with previous-text
conditioning, unless a line says otherwise. Error rates are of words (characters in Japanese, Korean
and Chinese), pooled, after lower-casing and dropping punctuation.
"""

# Bounds, from the project's requirements.
_MIN_EQUAL_TEXTS = 59
_NEAR_TIE = 1e-3
_MAX_LOGIT_ERROR = 2e-4
_MIN_TOP1_AGREEMENT_PERCENT = 97.0
_MAX_LOG_PROBABILITY_CHANGE = 0.03
_MAX_INT8_LOSS_PERCENT = 0.5


def texts_of(results: dict) -> dict:
    return {path: result["text"] for path, result in results.items()}


def tokens_of(result: dict) -> list[int]:
    """Tokens of the first window."""
    return [token for segment in result["segments"] if segment["seek"] == 0
            for token in segment["tokens"]]


@dataclasses.dataclass
class Loss:
    """Errors in float32 and in int8 on the same recordings."""

    before: word_errors.Errors
    after: word_errors.Errors

    def __str__(self) -> str:
        return (f"{self.after.percent:.2f} % against {self.before.percent:.2f} % "
                f"({self.after.errors} and {self.before.errors} of {self.before.length})")


class English:
    """tiny.en on English recordings."""

    def __init__(self, report: Report, data: pathlib.Path, models: pathlib.Path):
        self.report = report
        self.folder = models / "tiny.en"
        self.speech = data_sets.librispeech(data)
        self.debian = data_sets.debian()
        english = [clip for clip in data_sets.languages(data) if clip.language == "en"]
        self.all = self.speech + self.debian + english
        self.paths = [recording.path for recording in self.all]
        self.model = openai_whisper.load(self.folder)
        self.start_tokens = list(openai_whisper.start_tokens(self.model, "en", "transcribe"))

    def run(self) -> None:
        self.float32 = ironscribe_cli.greedy(self.paths, self.folder, "float32",
                                                 "--language", "en")
        self.compare_texts()
        self.compare_logits()
        self.compare_int8()
        self.compare_beam()

    def compare_texts(self) -> None:
        self.report.section("tiny.en, float32: text against openai-whisper")
        reference = reference_texts.openai(self.folder, self.all, language="en")
        for title, group, least in (("LibriSpeech test-other", self.speech, _MIN_EQUAL_TEXTS),
                                    ("Debian's LibriVox recordings", self.debian, len(self.debian))):
            different = [recording for recording in group
                         if reference[recording.path]["text"] != self.float32[recording.path]["text"]]
            equal = len(group) - len(different)
            self.report.check(f"equal texts, {title}", f"{equal} of {len(group)}",
                              f"at least {least}", equal >= least)
            for recording in different:
                gap = self.tie_gap(recording.path, tokens_of(reference[recording.path]),
                                   tokens_of(self.float32[recording.path]))
                self.report.check(f"{recording.path.stem}: the reference's own score gap where the "
                                  "texts part", f"{gap:.1e}", f"below {_NEAR_TIE:.0e}",
                                  gap < _NEAR_TIE)

    def tie_gap(self, path, reference: list[int], ours: list[int]) -> float:
        at = next((index for index, (a, b) in enumerate(zip(reference, ours)) if a != b),
                  min(len(reference), len(ours)))
        if at >= min(len(reference), len(ours)):
            return float("inf")
        mel = openai_whisper.log_mel(self.model, path)
        logits = openai_whisper.forced_logits(self.model, mel, self.start_tokens + reference[:at])
        return abs(float(logits[-1][reference[at]] - logits[-1][ours[at]]))

    def compare_logits(self) -> None:
        self.report.section("tiny.en, float32: logits against openai-whisper")
        worst, positions = 0.0, 0
        for recording in self.debian:
            tokens = self.start_tokens + tokens_of(self.float32[recording.path])
            mel = openai_whisper.log_mel(self.model, recording.path)
            logits = openai_whisper.forced_logits(self.model, mel, tokens)
            # Ours come as log-probabilities; the norm to compare with is that of the logits.
            wanted = logits.log_softmax(dim=-1).numpy()
            got = ironscribe_cli.forced_rows(recording.path, self.folder, "float32", tokens)
            error = np.linalg.norm(got - wanted, axis=1) / np.linalg.norm(logits.numpy(), axis=1)
            worst, positions = max(worst, float(error.max())), positions + len(tokens)
        self.report.check(f"worst of {positions} positions: norm of the difference / norm",
                          f"{worst:.1e}", f"at most {_MAX_LOGIT_ERROR:.0e}",
                          worst <= _MAX_LOGIT_ERROR)

    def compare_int8(self) -> None:
        self.report.section("tiny.en, int8 against float32")
        agreed, positions, change = 0, 0, 0.0
        for recording in self.speech:
            tokens = tokens_of(self.float32[recording.path])
            # Row i scores the token behind the i-th one fed; the start tokens are not scored.
            exact, fast = (
                ironscribe_cli.forced_rows(recording.path, self.folder, compute,
                                           self.start_tokens + tokens[:-1])[-len(tokens):]
                for compute in ("float32", "int8"))
            agreed += int((exact.argmax(axis=1) == fast.argmax(axis=1)).sum())
            positions += len(tokens)
            rows = np.arange(len(tokens))
            change += float(np.abs(exact[rows, tokens] - fast[rows, tokens]).sum())
        agreement = 100.0 * agreed / positions
        self.report.check(f"best next token the same ({positions} positions, float32's own tokens)",
                          f"{agreement:.2f} %", f"at least {_MIN_TOP1_AGREEMENT_PERCENT} %",
                          agreement >= _MIN_TOP1_AGREEMENT_PERCENT)
        self.report.check("mean change of a token's log-probability", f"{change / positions:.4f}",
                          f"at most {_MAX_LOG_PROBABILITY_CHANGE}",
                          change / positions <= _MAX_LOG_PROBABILITY_CHANGE)
        fast = ironscribe_cli.greedy(self.paths, self.folder, "int8", "--language", "en")
        self.int8_loss = Loss(word_errors.pooled(self.all, texts_of(self.float32)),
                              word_errors.pooled(self.all, texts_of(fast)))

    def compare_beam(self) -> None:
        self.report.section("tiny.en, float32: beam 5 against greedy")
        paths = [recording.path for recording in self.speech]
        beam = ironscribe_cli.greedy(paths, self.folder, "float32", "--language", "en",
                                         "--beam-size", "5")
        wide = word_errors.pooled(self.speech, texts_of(beam))
        greedy = word_errors.pooled(self.speech, texts_of(self.float32))
        self.report.check("word error rate, LibriSpeech test-other",
                          f"{wide.percent:.2f} % against {greedy.percent:.2f} %", "no worse",
                          wide.errors <= greedy.errors)


def compare_containers(report: Report, models: pathlib.Path) -> None:
    """Word times only where the container knows the alignment heads: others move segment ends."""
    report.section("tiny.en: the same checkpoint in other containers")
    folder, paths = models / "tiny.en", [recording.path for recording in data_sets.debian()]
    with tempfile.TemporaryDirectory() as output:
        for name, model in containers.write_all(folder, pathlib.Path(output)).items():
            words = name == "safetensors"
            flags = ["--language", "en"] + (["--word-times"] if words else [])
            original, other = (ironscribe_cli.greedy(paths, which, "float32", *flags)
                               for which in (folder, model))
            same = all(original[path]["segments"] == other[path]["segments"] for path in paths)
            report.check(f"{name}: {'segments and word times' if words else 'segments'} of "
                         f"{len(paths)} recordings", "equal" if same else "differ", "equal", same)


def compare_languages(report: Report, data: pathlib.Path, models: pathlib.Path) -> Loss:
    folder = models / "base"
    clips = data_sets.languages(data)
    wider = clips + data_sets.more_languages(data)
    ours = ironscribe_cli.greedy([clip.path for clip in wider], folder, "int8")
    exact = ironscribe_cli.greedy([clip.path for clip in wider], folder, "float32")

    report.section("base, int8: eight languages against faster-whisper int8")
    detected = sum(ours[clip.path]["language"] == clip.language for clip in clips)
    report.check("language detected", f"{detected} of {len(clips)}", "all", detected == len(clips))
    theirs = texts_of(reference_texts.faster(folder, clips))
    for clip in clips:
        mine = word_errors.count(clip.text, ours[clip.path]["text"], clip.language)
        other = word_errors.count(clip.text, theirs[clip.path], clip.language)
        report.note(f"{clip.language}: {mine.percent:.1f} %, faster-whisper {other.percent:.1f} %")
    mine, other = (word_errors.pooled(clips, texts) for texts in (texts_of(ours), theirs))
    report.check("errors, pooled", f"{mine.errors} against {other.errors} of {mine.length}",
                 "no more", mine.errors <= other.errors)

    return Loss(word_errors.pooled(wider, texts_of(exact)),
                word_errors.pooled(wider, texts_of(ours)))


def compare_int8_errors(report: Report, english: Loss, languages: Loss) -> None:
    report.section("int8 against float32: error rate, pooled")
    report.note(f"tiny.en on the English recordings: {english}")
    report.note(f"base on ten languages: {languages}")
    both = Loss(english.before + languages.before, english.after + languages.after)
    report.check("all of them", str(both), f"at most {_MAX_INT8_LOSS_PERCENT} worse",
                 both.after.percent - both.before.percent <= _MAX_INT8_LOSS_PERCENT)


def compare_translation(report: Report, data: pathlib.Path, models: pathlib.Path) -> None:
    report.section("base, float32: translation into English against openai-whisper")
    clips = [clip for clip in data_sets.languages(data) if clip.language != "en"]
    reference = reference_texts.openai(models / "base", clips, task="translate")
    ours = ironscribe_cli.greedy([clip.path for clip in clips], models / "base", "float32",
                                     "--task", "translate")
    equal = sum(ours[clip.path]["text"] == reference[clip.path]["text"] for clip in clips)
    report.check("equal translations", f"{equal} of {len(clips)}", f"at least {len(clips) - 1}",
                 equal >= len(clips) - 1)
    for clip in clips:
        report.note(f"{clip.language}: {ours[clip.path]['text'].strip()}")


def main() -> int:
    data, models = map(pathlib.Path, sys.argv[1:3])
    report = Report()
    try:
        english = English(report, data, models)
        english.run()
        compare_containers(report, models)
        languages = compare_languages(report, data, models)
        compare_int8_errors(report, english.int8_loss, languages)
        compare_translation(report, data, models)
    except data_sets.MissingData as missing:
        print(f"make accuracy: {missing}; it needs all of its data", file=sys.stderr)
        return 1
    report.write(_TOP / "docs" / "accuracy.md", _INTRODUCTION)
    if report.failures:
        print(f"{report.failures} bounds missed", file=sys.stderr)
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
