"""Two ways compared over the same seeds: whether a difference is more than the noise between seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from video2reward.artifacts.selection import SeedNoise
from video2reward.scores.noise import difference_sd
from video2reward.scores.statistics import Interval, interval

Outcome = Literal["smaller", "larger", "within noise", "unsure", "too few"]


@dataclass(frozen=True)
class Paired:
    """Differences of a quantity between two ways, one a seed.

    single: standard deviation of the difference between two trainings of one reward, None where it is not known
    """

    differences: tuple[float, ...]
    single: float | None

    @cached_property
    def interval(self) -> Interval:
        """The mean of the differences and its 95 % interval, by Student's t."""
        return interval(self.differences)

    @property
    def below(self) -> int:
        """How many differences are under 0."""
        return sum(one < 0 for one in self.differences)

    @property
    def above(self) -> int:
        """How many differences are over 0."""
        return sum(one > 0 for one in self.differences)

    @property
    def of_means(self) -> float | None:
        """As `single`, for means over as many seeds as there are differences."""
        count = len(self.differences)
        return None if self.single is None or not count else self.single / math.sqrt(count)

    @property
    def outcome(self) -> Outcome:
        """The verdict: smaller or larger only if the interval leaves out 0 and the mean is beyond the noise."""
        found = self.interval
        if found.count < 2:
            return "too few"
        if self.of_means is not None and abs(found.mean) < self.of_means:
            return "within noise"
        if found.low <= 0 <= found.high:
            return "unsure"
        return "smaller" if found.mean < 0 else "larger"


def paired(differences: Sequence[float], noise: SeedNoise | None) -> Paired:
    """Compare two ways by their differences, one a seed; noise: between seeds of one reward, in the same unit."""
    return Paired(tuple(differences), difference_sd(noise) if noise else None)


def larger_noise(*noises: SeedNoise | None) -> SeedNoise | None:
    """Return the largest of the noises that are known: a claim beyond it holds for all of them."""
    return max((one for one in noises if one is not None), key=lambda one: one.sd, default=None)
