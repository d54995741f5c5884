"""How far a policy fulfils a wish."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.registry import WISHES
from video2reward.settings.wish import MeasuredWish, Target
from video2reward.wishes.catalogue import Measure
from video2reward.wishes.steps import Steps, steps_in_reach, steps_of_rollout

DEFINITIONS = {
    "success": "0 to 1, mean over the measures of how far each is fulfilled, times the part of the agents that did not "
    "fall.",
    "distance": "The gait distance with posture, moved towards that of a robot that stands still by weight x (1 - success): "
    "what selection goes by.",
    "fulfilled": "1 where it is as asked. Of times, 0 where it is as in the motion in reach, or as far beyond what was "
    "asked. Of at_most, 0 from twice the limit on. Of at_least, the part of it that is reached.",
}


@dataclass(frozen=True)
class Asked:
    """What is asked of one measure.

    words, unit, definition: of the measure; base: what the motion in reach had, None if the film does not tell
    relation: times, at_most or at_least; asked: its figure; limit: the same in the unit
    """

    words: str
    unit: str
    definition: str
    base: float | None
    relation: str
    asked: float
    limit: float


@dataclass(frozen=True)
class Reached(Asked):
    """One measure of a policy; value: mean over the agents that stayed up, None without any; fulfilled: 0..1."""

    value: float | None
    fulfilled: float


def figure_in_reach(name: str, reference: Reference) -> float | None:
    """Return what the motion in reach had of a measure before any wish, None if the film does not tell."""
    measure: Measure = WISHES.load(name)
    if name in reference.before_wish:
        return reference.before_wish[name]
    return float(measure.of(steps_in_reach(reference))[0]) if measure.in_reach else None


def figures_in_reach(names: Iterable[str], reference: Reference) -> dict[str, float]:
    """Return those of the measures that the motion in reach has, each in its unit."""
    found = {name: figure_in_reach(name, reference) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def wish_fulfilment(
    rollout: Rollout, reference: Reference, wish: MeasuredWish, distance: float, standing: float
) -> dict[str, Any]:
    """Measure a wish on a rollout at the clip's speed, for evaluation.json and feedback.json.

    distance, standing: gait distance with posture and that of a robot that stands still, body lengths
    success, distance: as DEFINITIONS say; measures: name -> Reached
    """
    steps = steps_of_rollout(rollout, reference)
    figures = {name: reached(name, target, steps, reference) for name, target in wish.measured.items()}
    up = float(1 - rollout.fell.mean())
    success = up * float(np.mean([figure.fulfilled for figure in figures.values()]))
    missing = wish.weight * (1 - success)
    return {
        "definitions": DEFINITIONS,
        "success": success,
        "distance": distance + missing * max(0.0, standing - distance),
        "weight": wish.weight,
        "measures": {name: asdict(figure) for name, figure in figures.items()},
    }


def asked(name: str, target: Target, reference: Reference) -> Asked:
    """Return what is asked of one measure; reference: with the wish in it or without."""
    measure: Measure = WISHES.load(name)
    base = figure_in_reach(name, reference)
    ((relation, figure),) = target.model_dump(exclude_none=True).items()
    limit = figure * base if relation == "times" and base is not None else figure
    return Asked(measure.words, measure.unit, measure.definition, base, relation, figure, limit)


def reached(name: str, target: Target, steps: Steps, reference: Reference) -> Reached:
    """Measure one part of a wish on a policy's steps."""
    measure: Measure = WISHES.load(name)
    wanted = asked(name, target, reference)
    agents = measure.of(steps) if len(steps.speed) else np.full(1, np.nan)
    value = float(agents.mean()) if np.isfinite(agents).all() else None
    part = 0.0 if value is None else fulfilled(wanted, value, measure.less_is_better)
    return Reached(**asdict(wanted), value=value, fulfilled=part)


def fulfilled(wanted: Asked, value: float, less_is_better: bool) -> float:
    """Return how far a figure is as asked, 0..1 (DEFINITIONS)."""
    if wanted.relation == "at_most":
        return float(np.clip(2 - value / wanted.limit, 0.0, 1.0))
    if wanted.relation == "at_least":
        return float(np.clip(value / wanted.limit, 0.0, 1.0))
    if less_is_better and value <= wanted.limit:
        return 1.0
    gap = abs(wanted.limit - (wanted.base or 0.0)) or 1.0
    return float(np.clip(1 - abs(value - wanted.limit) / gap, 0.0, 1.0))
