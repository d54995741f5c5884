"""Candidates that are nearer to the chosen one than the noise between seeds of one reward."""

from __future__ import annotations

import math
from collections.abc import Sequence

from video2reward.artifacts.selection import Candidate, SeedNoise
from video2reward.scores.noise import difference_sd, sureness, tied
from video2reward.settings.method import Method

_ALIKE = 0.9  # of the best's steps


def within_limits(candidate: Candidate, method: Method) -> bool:
    """Tell whether a candidate falls and errs little enough to be chosen by its gait; a single motion has no speed to keep."""
    slow = candidate.kind == "cyclic" and low(candidate.velocity_error_ratio) > method.max_velocity_error
    return low(candidate.falls) <= method.max_falls and not slow


def trained_alike(candidate: Candidate, best: Candidate) -> bool:
    """Tell whether a candidate was not trained for clearly less than the best, as one that was stopped is."""
    return candidate.steps is None or best.steps is None or candidate.steps >= _ALIKE * best.steps


def ties(
    best: Candidate, others: Sequence[Candidate], method: Method, noise: SeedNoise | None
) -> tuple[tuple[str, ...], str]:
    """Return the names of those tied with the best, and a sentence on how sure the choice is.

    Of gait distances alone, as the noise of the other rules' scores is not known, and of candidates that were trained as
    long: the noise is that of one budget. ("", if there is nobody to compare with.)
    """
    distance = best.distance
    rivals = [
        (one, gap) for one in others
        if one != best and within_limits(one, method) and trained_alike(one, best) and (gap := one.distance) is not None
    ]  # fmt: skip
    if method.selection != "gait" or not within_limits(best, method) or distance is None or not rivals:
        return (), ""
    if noise is None:
        return (
            (),
            "how sure is not known: no noise between seeds was measured for this robot and budget",
        )
    equal = [(one.name, sureness(noise, distance, gap)) for one, gap in rivals if tied(noise, distance, gap)]
    limit = f"two trainings of one reward differ by {difference_sd(noise):.3f}"
    if equal:
        named = ", ".join(f"{name} (the order is {_percent(sure)} sure)" for name, sure in equal)
        return tuple(name for name, _ in equal), f"tied with {named}: {limit}"
    nearest, gap = min(rivals, key=lambda rival: abs(rival[1] - distance))
    return (), f"{_percent(sureness(noise, distance, gap))} sure against the next, {nearest.name}: {limit}"


def _percent(sure: float) -> str:
    return f"{sure:.0%}" if sure < 0.99 else "more than 99%"


def low(value: float | None) -> float:
    """Return a figure that should be small, infinity where there is none."""
    return value if value is not None and math.isfinite(value) else math.inf
