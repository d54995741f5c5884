"""What one round of a loop took: trainings, answers, processor time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from video2reward.artifacts.completion import Completion, read_completion
from video2reward.artifacts.critique import read_critique
from video2reward.artifacts.io import read_json
from video2reward.artifacts.job_record import FOLDER, records
from video2reward.artifacts.repairs import read_repairs
from video2reward.results.layout import RoundFolder

N = TypeVar("N", int, float)


@dataclass(frozen=True)
class Spent:
    """What one round took.

    trainings: the records of its candidates' trainings; tuning, tuning_s: environment steps and wall time of tuning its best
    reward
    first: the first answer of each candidate, whoever gave it; answers: all of language models, repairs and critique too
    repairs: their number; processor_s: of all of its jobs
    """

    trainings: tuple[dict[str, Any], ...]
    first: tuple[Completion, ...]
    answers: tuple[Completion, ...]
    repairs: int
    tuning: int
    tuning_s: float
    processor_s: float

    @property
    def steps(self) -> int:
        """Environment steps of the candidates' trainings."""
        return sum(int(one.get("steps") or 0) for one in self.trainings)

    @property
    def seconds(self) -> float:
        """Wall time of the candidates' trainings and of tuning."""
        return sum(float(one.get("seconds") or 0.0) for one in self.trainings) + self.tuning_s

    @property
    def input_tokens(self) -> int | None:
        """Of all answers; None if one's are unknown."""
        return total(one.input_tokens for one in self.answers)

    @property
    def output_tokens(self) -> int | None:
        """Of all answers; None if one's are unknown."""
        return total(one.output_tokens for one in self.answers)

    @property
    def price_usd(self) -> float | None:
        """Of all answers; None if one's is unknown."""
        return total(one.price_usd for one in self.answers)


def spent_in(folder: RoundFolder, samples: int) -> Spent:
    """Read what a finished round took; samples: its number of candidates."""
    # Not declared as inputs of the rule: a large plan would exceed the command line's length, and the selection, which is
    # an input, depends on them.
    candidates = [folder.candidate(k) for k in range(1, samples + 1)]
    first = [read_completion(files.completion) for files in candidates]
    repairs = [one.completion for files in candidates for one in read_repairs(files.repairs).repairs]
    turns = read_critique(folder.critique).turns if folder.critique.exists() else ()
    answers = [*first, *repairs, *(turn.completion for turn in turns)]
    tuned = read_json(folder.tuning) if folder.tuning.exists() else {}
    return Spent(
        trainings=tuple(read_json(files.training) for files in candidates),
        first=tuple(first),
        answers=tuple(one for one in answers if one.is_language_model),
        repairs=len(repairs),
        tuning=int(tuned.get("steps") or 0),
        tuning_s=float(tuned.get("seconds") or 0.0),
        processor_s=sum(
            one.seconds if one.processor_seconds is None else one.processor_seconds
            for logs in folder.path.rglob(FOLDER)  # a round may have folders of its own
            for one in records(logs)
        ),
    )


def total(values: Iterable[N | None]) -> N | None:
    """Return the sum, None if a part is unknown."""
    parts = list(values)
    known = [one for one in parts if one is not None]
    return cast(N, sum(known)) if len(known) == len(parts) else None
