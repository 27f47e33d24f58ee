#!/usr/bin/env python3
"""Tests of what is computed from measurements; needs neither the peers nor recordings."""

import importlib.util
import pathlib
import sys
import unittest

_TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_TOP / "tools" / "accuracy"))

import ablation  # noqa: E402
import contestants  # noqa: E402
import gate  # noqa: E402
import missing_runs  # noqa: E402
import page  # noqa: E402
import roof  # noqa: E402
import rows  # noqa: E402
import word_errors  # noqa: E402
from measurements import (MEMORY, SPEED, START, Goal, Row, Samples, judge, ratio,  # noqa: E402
                          table)

_HAS_JIWER = importlib.util.find_spec("jiwer") is not None


def flags(text: str) -> list[bool]:
    return [character == "x" for character in text]


class MissingRunsTest(unittest.TestCase):
    def find(self, ours: str, reference: str) -> list[tuple[int, int]]:
        return [(run.start, run.stop)
                for run in missing_runs.find(flags(ours), flags(reference))]

    def test_two_words_are_not_a_run(self):
        self.assertEqual(self.find("xx.xx", "....."), [])

    def test_run_in_the_middle_and_at_the_end(self):
        self.assertEqual(self.find(".xxx.xxxx", "........."), [(1, 4), (5, 9)])

    def test_words_that_the_reference_lacks_too_do_not_count(self):
        self.assertEqual(self.find("xxxxx", "..x.."), [])
        self.assertEqual(self.find("xxxxxx", "x....x"), [(1, 5)])

    def test_words_that_only_the_reference_lacks(self):
        self.assertEqual(self.find("......", "xxxx.."), [])


class RatioTest(unittest.TestCase):
    def test_of_medians_not_of_means(self):
        self.assertAlmostEqual(ratio(SPEED, [10, 12, 100], [3, 3, 0.1]), 4)

    def test_less_is_better_for_seconds_and_memory(self):
        self.assertAlmostEqual(ratio(START, [0.2], [1.0]), 5)
        self.assertAlmostEqual(ratio(MEMORY, [100], [50]), 0.5)


class JudgeTest(unittest.TestCase):
    def judge(self, goal: Goal, theirs: str | None = "b", metric: str = SPEED, **measured):
        samples = Samples()
        for key, values in measured.items():
            for value in values:
                samples.add(key, metric, value)
        return judge(Row("k", "work", metric, "a", theirs, {"tiny.en": goal}), "tiny.en", samples)

    def test_ratio_reached_exactly(self):
        self.assertTrue(self.judge(Goal(least_ratio=4), a=[8], b=[2]).reached)
        self.assertFalse(self.judge(Goal(least_ratio=4), a=[7.9], b=[2]).reached)

    def test_no_verdict_on_a_ratio_without_the_other_side(self):
        self.assertIsNone(self.judge(Goal(least_ratio=4), a=[8]).reached)

    def test_greatest_value_needs_no_other_side(self):
        self.assertTrue(self.judge(Goal(greatest=160), metric=MEMORY, a=[150, 170, 140]).reached)
        self.assertFalse(self.judge(Goal(greatest=160), metric=MEMORY, a=[150, 170, 165]).reached)

    def test_not_measured(self):
        self.assertIsNone(self.judge(Goal(least_ratio=4), b=[2]))

    def test_no_goal_for_this_model(self):
        samples = Samples({"a": {SPEED: [1]}})
        row = Row("k", "work", SPEED, "a", None, {"base": Goal(least_ratio=4)})
        self.assertIsNone(judge(row, "tiny.en", samples).reached)


class TableTest(unittest.TestCase):
    def test_header_rule_and_rows(self):
        self.assertEqual(table(["a", "b"], [["1", "2"]]), "| a | b |\n|---|---|\n| 1 | 2 |")


class RowsTest(unittest.TestCase):
    def test_every_row_names_contestants_of_the_right_input(self):
        for row in rows.ROWS + rows.SCALING:
            inputs = {rows.CONTESTANTS[key].input for key in (row.ours, row.theirs) if key}
            self.assertEqual(len(inputs), 1, row)
            self.assertEqual(rows.CONTESTANTS[row.ours].side == contestants.OURS,
                             row not in rows.SCALING or row.work == contestants.OURS)

    def test_selection_brings_both_sides(self):
        chosen = [contestant.key for contestant in rows.contestants_of("base", {"start"})]
        self.assertEqual(chosen, ["fresh", "fresh faster-whisper"])

    def test_all_contestants_are_used(self):
        used = {contestant.key for model in ("tiny.en", "base")
                for contestant in rows.contestants_of(model, None)}
        self.assertEqual(used, set(rows.CONTESTANTS))


class GateTest(unittest.TestCase):
    def row(self, other: list[float], every: list[float], missing: list[list[str]]) -> dict:
        reference = [10.0] * len(other)
        return {"missing_runs": missing, "other": {"ours": other, "reference": reference},
                "all": {"ours": every, "reference": reference}}

    def test_mean_over_lead_ins_decides(self):
        self.assertTrue(gate.is_passed(self.row([10.0, 11.0], [10, 10], [])))
        self.assertFalse(gate.is_passed(self.row([10.5, 10.6], [10, 10], [])))

    def test_all_six_speakers_must_hold_too(self):
        self.assertFalse(gate.is_passed(self.row([10.0], [10.6], [])))

    def test_one_missing_run_fails(self):
        self.assertFalse(gate.is_passed(self.row([9.0, 9.0], [9, 9], [[], ["a b c"]])))


class RoofTest(unittest.TestCase):
    def test_busy_machine(self):
        peaks = {"least_fraction_of_width": 0.99, "memory": 20.0}
        self.assertFalse(roof.is_busy(peaks, 25.0))
        self.assertTrue(roof.is_busy(peaks, 40.0))
        self.assertTrue(roof.is_busy(peaks | {"least_fraction_of_width": 0.9}, 20.0))
        self.assertFalse(roof.is_busy(peaks | {"least_fraction_of_width": None}, 20.0))


class AblationTest(unittest.TestCase):
    def test_gain_is_by_the_first_of_the_group(self):
        measured = [{"group": "g", "speeds": [10.0]}, {"group": "h", "speeds": [50.0]},
                    {"group": "g", "speeds": [4.0, 5.0, 90.0]}, {"group": "g", "speeds": []}]
        self.assertAlmostEqual(ablation.gain(measured[2], measured), 0.5)
        self.assertIsNone(ablation.gain(measured[3], measured))


class PageTest(unittest.TestCase):
    def results(self) -> dict:
        values = {"short": {"speed": [80.0, 90.0], "errors": [16.0, 17.0]},
                  "short faster-whisper": {"speed": [10.0, 10.0], "errors": [16.5, 16.5]}}
        return {"run": {"threads": 2, "cpu": "a CPU", "utterances": 60,
                        "seconds": 447.5, "peers": {"faster-whisper": ("1.2.1", "int8")}},
                "measurements": {"tiny.en": {"short": values,
                                             "openai": {"short": values["short"]}}},
                "left_out": {"whisper.cpp": "not installed"},
                "roof": {}, "gate": {}, "ablation": {}}

    def test_rows_goals_and_those_left_out(self):
        text = page.render(self.results(), "")
        self.assertIn("| tiny.en | short calls, full windows | 85.0 x | faster-whisper 10.0 x | "
                      "**8.50** | at least 3.5x | reached | 80.0 to 90.0; 10.0 to 10.0 | "
                      "16.50 / 16.50 |", text)
        self.assertIn("openai-whisper not here", text)
        self.assertIn("**whisper.cpp** took no part: not installed.", text)
        self.assertIn("2 rounds on 2 threads of a CPU", text)
        self.assertNotIn("\n\n\n", text)


@unittest.skipUnless(_HAS_JIWER, "jiwer is not installed")
class WordErrorsTest(unittest.TestCase):
    def test_errors_fall_into_their_parts(self):
        errors = word_errors.count_by_part(["one two three", "four five"],
                                           "one too three and four")
        self.assertEqual([(error.errors, error.length) for error in errors], [(1, 3), (2, 2)])
        whole = word_errors.count("one two three four five", "one too three and four")
        self.assertEqual(whole, sum(errors, word_errors.Errors()))

    def test_missing_words(self):
        self.assertEqual(word_errors.missing("a b c d e", "a x d e"),
                         word_errors.missing("a b c d e", "A, x d e!"))
        self.assertEqual(word_errors.missing("a b c", ""), [True] * 3)
        self.assertEqual(word_errors.missing("a b c d", "a d"), flags(".xx."))
        self.assertEqual(word_errors.missing("said quoth zau al makan what", "said kwatsawamakhan what"),
                         flags("......"))
        self.assertEqual(word_errors.missing("said zau al makan what ails thee", "said so what thee"),
                         flags("..xx.x."))

    def test_nothing_said(self):
        self.assertEqual(word_errors.count("", "noise"), word_errors.Errors(1, 0))


if __name__ == "__main__":
    unittest.main()
