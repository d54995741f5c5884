"""How wrongly scores rank things whose order is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from video2reward.artifacts.judge import RankingError
from video2reward.scores.statistics import wilson

DEFINITION = (
    "The share of pairs of known order that are ranked wrongly. A pair's share is the probability that one answer about each "
    "ranks them wrongly, over all combinations of their answers; a tie and an answer without a score count half, as if a "
    "coin decided: 0 is right, 0.5 knows nothing. Interval: 95 %, Wilson's score interval with the number of pairs, however "
    "often each was asked about. Pairs share motions and are not independent, so it is rather too narrow."
)


def known_pairs(places: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return (better, worse) for all names of different places, 1 the best; those of one place have no known order."""
    return [(a, b) for a, b in product(places, repeat=2) if places[a] < places[b]]


def ranking_error(
    scores: Mapping[str, Sequence[float | None]], places: Mapping[str, int]
) -> RankingError:  # fmt: skip
    """Return the error of scores, larger is better, None where one is missing; each name has at least one."""
    pairs = known_pairs(places)
    return ranking_error_of([pair_error(scores[a], scores[b]) for a, b in pairs])


def ranking_error_of(shares: Sequence[float]) -> RankingError:
    """Return the mean of pairs' shares with its interval; without pairs nothing is known: 0.5, from 0 to 1."""
    if not shares:
        return RankingError(0.5, 0.0, 1.0, 0)
    wrong = sum(shares) / len(shares)
    return RankingError(wrong, *wilson(wrong, len(shares)), len(shares))


def pair_error(better: Sequence[float | None], worse: Sequence[float | None]) -> float:
    """Return the share of combinations in which `worse` scores higher; ties and missing scores count half."""
    combinations = [_wrong(a, b) for a, b in product(better, worse)]
    return sum(combinations) / len(combinations)


def _wrong(better: float | None, worse: float | None) -> float:
    if better is None or worse is None or better == worse:
        return 0.5
    return float(worse > better)
