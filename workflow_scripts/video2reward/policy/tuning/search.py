"""The search for better numbers of a reward: CMA-ES on their logarithms, within bounds and what a screen allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Allowed = Callable[[Mapping[str, float]], str]
"""Numbers by name -> why they must not be trained with, "" if they may."""
Refused = str

SPREAD = 0.4
"""Standard deviation of the first generation, as a part of the logarithm of the factor."""
_DRAWS = 20
"""How often a variant is drawn anew before it is given up as refused."""
_WORST = 1e9


@dataclass(frozen=True)
class DrawnVariant:
    """A variant that was drawn: its numbers by name, and why it is not trained, "" if it is."""

    numbers: dict[str, float]
    refused: Refused
    point: np.ndarray


class NumberSearch:
    """CMA-ES (Hansen), asked and told generation by generation.

    Its state follows from what it was told: asked and told the same again, it goes on as it would have.
    """

    def __init__(self, start: Mapping[str, float], factor: float, size: int, seed: int) -> None:
        """Begin at numbers by name.

        factor: each stays within its start by this and times this; size: variants of a generation, from 2 on
        """
        from cmaes import CMA

        self._start, self._factor = dict(start), factor
        bounds = np.tile([-1.0, 1.0], (len(start), 1))
        with np.errstate(divide="ignore"):  # of two or three variants one alone is recombined
            self._cma = CMA(np.zeros(len(start)), SPREAD, bounds, seed=seed, population_size=size)

    def ask(self, allowed: Allowed) -> list[DrawnVariant]:
        """Draw the next generation; a variant that is not allowed is drawn anew, some times."""
        return [self._draw(allowed) for _ in range(self._cma.population_size)]

    def tell(self, drawn: Sequence[DrawnVariant], costs: Sequence[float]) -> None:
        """Say how bad each of a generation is; infinity, and whatever was refused, is worst."""
        known = [
            _WORST if one.refused or not np.isfinite(cost) else float(cost)
            for one, cost in zip(drawn, costs, strict=True)
        ]
        self._cma.tell([(one.point, cost) for one, cost in zip(drawn, known, strict=True)])

    def _draw(self, allowed: Allowed) -> DrawnVariant:
        for _ in range(_DRAWS):
            point = self._cma.ask()
            numbers = self.numbers_at(point)
            refused = allowed(numbers)
            if not refused:
                break
        return DrawnVariant(numbers, refused, point)

    def numbers_at(self, point: np.ndarray) -> dict[str, float]:
        """Return the numbers at a point of [-1, 1]: start x factor ** point, to four digits, within the bounds."""
        pairs = zip(self._start.items(), point.tolist(), strict=True)
        return {
            name: within_bounds(start, start * self._factor**place, self._factor)
            for (name, start), place in pairs
        }


def bounds_of(start: float, factor: float) -> tuple[float, float]:
    """Return the least and the greatest value of a number."""
    low, high = sorted((start / factor, start * factor))
    return low, high


def within_bounds(start: float, value: float, factor: float) -> float:
    """Return a value with four digits, or the bound if that is beyond it."""
    low, high = bounds_of(start, factor)
    return min(max(float(f"{value:.4g}"), low), high)
