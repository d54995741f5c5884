"""Preference: pairs of films, the order in which a person sees them, and what the choices come to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from video2reward.artifacts.preferences import Choice

Pair = tuple[str, str]


@dataclass(frozen=True)
class Tally:
    """What one contestant's comparisons came to; wins: half for equal; comparisons: over all people and opponents."""

    wins: float = 0.0
    comparisons: int = 0

    @property
    def score(self) -> float | None:
        """The preference score, 0..1: the part of its comparisons that it won; None without any."""
        return self.wins / self.comparisons if self.comparisons else None


def pairs(films: Mapping[str, str]) -> list[Pair]:
    """Return every pair of contestants whose films differ; films: contestant -> SHA-256."""
    return [(a, b) for a, b in combinations(films, 2) if films[a] != films[b]]


def order_seed(seed: int, iteration: int, who: str) -> int:
    """Return the seed of the order in which a person sees a round's pairs, another for each person."""
    return int(hashlib.sha256(f"{seed}/{iteration}/{who}".encode()).hexdigest()[:8], 16)


def in_order(found: Iterable[Pair], seed: int) -> list[Pair]:
    """Return pairs in an order drawn from a seed, and who of each stands left."""
    drawn = list(found)
    random = np.random.default_rng(seed)
    order, swapped = random.permutation(len(drawn)), random.random(len(drawn)) < 0.5
    return [drawn[i][::-1] if swapped[i] else drawn[i] for i in order]


def missing(films: Mapping[str, str], choices: Iterable[Choice], who: str | None = None) -> list[Pair]:
    """Return the pairs that a person has not judged, by default those that nobody has."""
    judged = {frozenset(choice.films) for choice in choices if who in (None, choice.who)}
    return [(a, b) for a, b in pairs(films) if frozenset((films[a], films[b])) not in judged]


def tallies(films: Mapping[str, str], choices: Iterable[Choice]) -> dict[str, Tally]:
    """Return each contestant's tally; choices about other films do not count, of a person's about one pair only the last."""
    last = {(choice.who, frozenset(choice.films)): choice for choice in choices}
    points: dict[str, list[float]] = {name: [] for name in films}
    for choice in last.values():
        left, right = choice.films
        won = {"left": 1.0, "equal": 0.5, "right": 0.0}[choice.chosen]
        for a, b in pairs(films):
            if {films[a], films[b]} == {left, right}:
                points[a].append(won if films[a] == left else 1 - won)
                points[b].append(won if films[b] == left else 1 - won)
    return {name: Tally(sum(won), len(won)) for name, won in points.items()}
