"""`tuning.json`: how the numbers of a round's best reward were tuned, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from video2reward.artifacts.io import Provenance, read_json, typed, write_json

Verdict = Literal["better", "within noise", "unsure", "start", "none"]
"""better: by more than the noise between seeds; within noise: by less; unsure: the noise is not known; start: no variant did
better than the unchanged reward; none: nothing was tuned."""


@dataclass(frozen=True)
class TunedNumber:
    """A number of a reward's code.

    start, value: before and after; low, high: its bounds; lines: where it stands in the code, from 1
    effect: how much the factor changes what the reward pays for the known motions, 0 to about 1; None: not known
    """

    name: str
    start: float
    value: float
    low: float
    high: float
    lines: tuple[int, ...] = ()
    effect: float | None = None

    @property
    def moved(self) -> str:
        """Its move in words."""
        return f"{self.name} {self.start:.4g} -> {self.value:.4g}"


@dataclass(frozen=True)
class TunedVariant:
    """One reward of a generation and what its short training reached; None where it was not trained or could not be judged.

    number: 0 is the unchanged reward; values: its numbers, in the order of the parameters
    status: "ok", "failed" (its training or check), "refused" (by the screen, so it was not trained); reason: why
    margin: of its screen; success, h_mts, falls, velocity_error_ratio, distance: as of a candidate; distance is with posture
    and wish; able: whether it may win a round by its gait; steps: environment steps of its training; seconds: of all of its
    generation, together
    """

    generation: int
    number: int
    values: tuple[float, ...]
    status: Literal["ok", "failed", "refused"]
    reason: str = ""
    margin: float | None = None
    success: float | None = None
    h_mts: float | None = None
    falls: float | None = None
    velocity_error_ratio: float | None = None
    distance: float | None = None
    able: bool = False
    steps: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class TuningRecord:
    """The tuning of a round's best reward.

    source: whose reward was tuned, as in the selection; rule: by which the variants were compared
    chosen: (generation, number) of the variant that goes on; before, after: the unchanged reward's figure in that generation,
    and the chosen one's: gait distance, success or H_mts, as `measure` says; noise: two trainings of one reward differ by so much
    margin_before, margin_after: of the screen; None: not screened
    steps: environment steps spent; seconds: wall time of the short trainings
    """

    source: str
    verdict: Verdict
    why: str
    rule: str = ""
    measure: str = ""
    before: float | None = None
    after: float | None = None
    noise: float | None = None
    chosen: tuple[int, int] = (0, 0)
    numbers: tuple[TunedNumber, ...] = ()
    variants: tuple[TunedVariant, ...] = ()
    margin_before: float | None = None
    margin_after: float | None = None
    steps: int = 0
    seconds: float = 0.0
    provenance: Provenance = field(default_factory=dict)

    @property
    def moved(self) -> tuple[TunedNumber, ...]:
        """The numbers that moved."""
        return tuple(one for one in self.numbers if one.value != one.start)


def write_tuning(path: Path, tuning: TuningRecord) -> None:
    """Write tuning.json."""
    write_json(path, asdict(tuning))


def read_tuning(path: Path) -> TuningRecord:
    """Read tuning.json."""
    return typed(TuningRecord, read_json(path), path)


def named_moves(numbers: Iterable[TunedNumber]) -> str:
    """Return the moves in words, those by the largest factor first."""
    ordered = sorted(numbers, key=lambda one: -max(one.value / one.start, one.start / one.value))
    return ", ".join(one.moved for one in ordered)
