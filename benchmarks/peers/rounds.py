"""The rounds: every contestant once per round, ours and theirs in turn."""

import pathlib
import subprocess
import tempfile
from collections.abc import Iterator

import contestants
import rows
from contestants import OURS, Contestant
from measurements import MEMORY, SPEED, START, Samples
from speech import Speech

ERRORS = "errors"


class Rounds:
    def __init__(self, speech: Speech, models: pathlib.Path, cpus: list[int]):
        self._speech, self._models, self._cpus = speech, models, cpus
        self.samples: dict[str, Samples] = {}
        self.sides: set[str] = set()  # Asked to take part.
        self.left_out: dict[str, str] = {}  # By side: why it takes no part.

    def run(self, models: list[str], keys: set[str] | None, count: int) -> Iterator[None]:
        """Comes back after each round, so that what there is can be kept."""
        parties = {model: rows.contestants_of(model, keys) for model in models}
        for model in models:
            self.samples[model] = Samples()
            self._warm_up(model, parties[model])
        for number in range(count):
            for model in models:
                self._round(model, parties[model], f"round {number + 1}: {model}")
            yield

    def by_row_key(self, model: str, keys: set[str] | None) -> dict[str, dict]:
        """Samples under each selected key of rows.py, so that a line never mixes two runs."""
        values = self.samples[model].values
        found = {}
        for key in dict.fromkeys(row.key for row in rows.rows_of(model, keys)):
            party = rows.contestants_of(model, {key})
            found[key] = {contestant.key: values[contestant.key] for contestant in party
                          if contestant.key in values}
        return found

    def _warm_up(self, model: str, party: list[Contestant]) -> None:
        """Fills the packed caches and the page cache; a side that fails here is left out."""
        self.sides |= {contestant.side for contestant in party}
        with tempfile.TemporaryDirectory() as folder:
            paths = self._speech.write(pathlib.Path(folder))["single"]
            for contestant in party:
                if contestant.side in self.left_out:
                    continue
                if contestant.side != OURS and contestants.version(contestant.side) is None:
                    self._leave_out(contestant.side, "not installed")
                    continue
                try:
                    call = contestants.for_warm_up(contestant)
                    contestants.run(call, self._models / model, paths, self._cpus)
                except (RuntimeError, subprocess.CalledProcessError) as error:
                    if contestant.side == OURS:
                        raise
                    self._leave_out(contestant.side, str(error).strip().splitlines()[-1])

    def _leave_out(self, side: str, reason: str) -> None:
        self.left_out[side] = reason
        print(f"{side} is left out: {reason}", flush=True)

    def _round(self, model: str, party: list[Contestant], title: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            inputs = self._speech.write(pathlib.Path(folder))
            for contestant in party:
                if contestant.side in self.left_out:
                    continue
                outcome = contestants.run(contestant, self._models / model,
                                          inputs[contestant.input], self._cpus)
                self._add(self.samples[model], contestant, outcome)
                print(f"{title} {contestant.key}: {self._latest(model, contestant)}", flush=True)

    def _add(self, samples: Samples, contestant: Contestant,
             outcome: contestants.Outcome) -> None:
        key, kind = contestant.key, contestant.input
        samples.add(key, MEMORY, outcome.measured.peak_megabytes)
        if outcome.work_seconds is None:
            samples.add(key, START, outcome.measured.last_output_seconds)
            return
        samples.add(key, SPEED, self._speech.seconds_of(kind) / outcome.work_seconds)
        samples.add(key, ERRORS, self._speech.error_percent(kind, outcome.texts))

    def _latest(self, model: str, contestant: Contestant) -> str:
        return ", ".join(f"{metric} {values[-1]:.2f}" for metric, values in
                         self.samples[model].values[contestant.key].items())
