"""Which variant of a reward goes on, and whether it is better than the unchanged one by more than noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from video2reward.artifacts.selection import SeedNoise
from video2reward.artifacts.tuning import TunedVariant, Verdict
from video2reward.scores.noise import difference_sd

_BEYOND = 1e3
"""Cost of a policy outside the limits on falls and velocity error, before its success: any inside is better."""
_SURE = 0.8413
"""As sure as `scores/noise.py` is of two distances at its limit."""

MEASURES = {"success": "H_mts", "gait": "gait distance", "preference": "gait distance"}
"""What each rule of selection compares short trainings by; people are not asked about them."""


@dataclass(frozen=True)
class TuningChoice:
    """The variant that goes on; before, after: the figures compared, None where they cannot be; limit: of noise."""

    variant: TunedVariant
    verdict: Verdict
    why: str
    before: float | None = None
    after: float | None = None
    limit: float | None = None


def cost(variant: TunedVariant, rule: str) -> float:
    """Return how bad a variant is by a rule of selection, infinity of one that has no policy."""
    if variant.status != "ok":
        return math.inf
    if rule == "success":
        return math.inf if variant.h_mts is None else -variant.h_mts
    if variant.able and variant.distance is not None:
        return variant.distance
    return _BEYOND - variant.success if variant.success is not None else math.inf


def choose_variant(variants: Sequence[TunedVariant], rule: str, noise: SeedNoise | None) -> TuningChoice:
    """Return the variant that is better than the unchanged one of its own generation by most, or the unchanged one.

    noise: between seeds of one reward, of gait distances; None where it was not measured
    """
    unchanged = {one.generation: one for one in variants if one.number == 0}
    first = unchanged[min(unchanged)]
    compared = [
        (cost(one, rule) - cost(unchanged[one.generation], rule), one)
        for one in variants
        if one.number
        and math.isfinite(cost(one, rule))
        and math.isfinite(cost(unchanged[one.generation], rule))
    ]
    if not compared:
        reason = (
            f"the unchanged reward: {first.reason}" if first.status != "ok" else "no variant could be judged"
        )
        return TuningChoice(
            first, "start", f"nothing could be compared, so the reward stays as it is; {reason}"
        )
    gain, best = min(compared, key=lambda pair: pair[0])
    if gain >= 0:
        said = f"none of {len(compared)} variants did better than the unchanged reward: the search ends where it started"
        return TuningChoice(first, "start", said)
    own, before = unchanged[best.generation], f"the unchanged reward of generation {best.generation}"
    name, measure = f"variant {best.number} of generation {best.generation}", MEASURES[rule]
    if rule == "success":
        said = f"{name} has the highest {measure} against {before}; the noise of it is not known"
        return TuningChoice(best, "unsure", said, own.h_mts, best.h_mts)
    if not best.able:
        said = f"no variant keeps the limits on falls and velocity error; {name} has the highest success against {before}"
        return TuningChoice(best, "unsure", said)
    if not own.able:
        said = f"{name} keeps the limits on falls and velocity error, {before} does not; the noise of that is not known"
        return TuningChoice(best, "unsure", said)
    said = f"{name} has the smallest {measure} against {before}"
    if noise is None:
        why = f"{said}; how sure is not known: no noise between seeds was measured for this robot and budget"
        return TuningChoice(best, "unsure", why, own.distance, best.distance)
    limit = limit_of_best(noise, len(compared))
    verdict: Verdict = "better" if -gain > limit else "within noise"
    by_chance = f"the best of {len(compared)} trainings of one reward is ahead of another by {limit:.3f}"
    return TuningChoice(best, verdict, f"{said}; {by_chance} by chance", own.distance, best.distance, limit)


def limit_of_best(noise: SeedNoise, count: int) -> float:
    """Return by how much the best of several trainings of one reward is ahead of one more, body lengths.

    At the limit all `count` differences are smaller with a probability of 84 %, as of one at the limit of
    `scores/noise.py`; by Student's t distribution, as if they were independent and seeds were not shared.
    """
    from scipy.special import stdtrit

    return difference_sd(noise) * float(stdtrit(noise.freedom, _SURE ** (1 / count)))
