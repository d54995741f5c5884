"""What of a wish can be measured: each measure by its name in registry.py's WISHES, a pure function of the steps.

A measure whose base is the motion in reach can be asked for as a multiple of it (`times`); the film tells neither torques
nor impacts, so of these only a figure can be asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from video2reward.wishes.steps import Steps

# A foot's keypoint is not its sole: while the foot stands and rolls, it moves by centimetres. Where it stands is therefore
# this percentile of its heights, and on the ground is up to this part of its highest point above that.
_STANDING, _DOWN = 20, 0.2
# Of a touchdown, height above where the foot stands, body lengths: 1 cm of ANYmal C.
_LANDED = 0.015


@dataclass(frozen=True)
class Measure:
    """One measurable wish.

    words: its name for people; unit, definition: as in evaluation.json
    of: steps of A agents -> (A,) in the unit, NaN where unknown
    in_reach: whether the motion in reach has it, so that `times` has a base
    less_is_better: whether less than what was asked is as good; otherwise too much is as wrong as too little
    """

    words: str
    unit: str
    definition: str
    of: Callable[[Steps], np.ndarray]
    in_reach: bool = True
    less_is_better: bool = False

    def fault(self, times: float | None) -> str:
        """Say why it cannot be asked for as a multiple, "" if it can or is not."""
        if times is None or self.in_reach:
            return ""
        return (
            f"times {times:g} of what? The film does not tell the robot's {self.words}; give at_most or at_least in "
            f"{self.unit} (base_evaluation.json has the base policy's)"
        )


def foot_lift(steps: Steps) -> np.ndarray:
    """Return the highest point of a foot above the lowest foot in two strides, m, mean over feet and windows."""
    agents, count, feet = steps.heights.shape
    width = min(steps.window, count)
    windows = steps.heights[:, : count // width * width].reshape(agents, -1, width, feet)
    return np.asarray(windows.max(axis=2).mean(axis=(1, 2)))


def duty_factor(steps: Steps) -> np.ndarray:
    """Return the part of the time that a foot is on the ground, 0..1, mean over feet."""
    low = np.percentile(steps.heights, _STANDING, axis=1, keepdims=True)
    down = low + _DOWN * (steps.heights.max(axis=1, keepdims=True) - low)
    return np.asarray((steps.heights <= down).mean(axis=(1, 2)))


def trunk_height(steps: Steps) -> np.ndarray:
    """Return the height of the trunk's middle above the lowest foot, m, mean over time."""
    return np.asarray(steps.trunk.mean(axis=1))


def impact(steps: Steps) -> np.ndarray:
    """Return how fast a foot comes down when it reaches the ground, m/s, mean over touchdowns; 0 without any.

    A touchdown needs a swing: the foot was above half of its highest point since the last one.
    """
    low = np.percentile(steps.foot_z, _STANDING, axis=1)
    ground, swung = low + _LANDED * steps.body_length_m, 0.5 * (low + steps.foot_z.max(axis=1))
    swinging = np.zeros_like(low, bool)
    drop, count = np.zeros_like(low), np.zeros_like(low)
    for before, now in pairwise(np.moveaxis(steps.foot_z, 1, 0)):
        swinging |= (before > swung) & (before > ground)
        landed = swinging & (now <= ground)
        drop, count = drop + landed * (before - now), count + landed
        swinging &= ~landed
    return np.asarray(drop.sum(axis=1) / steps.dt / np.maximum(count.sum(axis=1), 1))


def limp(steps: Steps) -> np.ndarray:
    """Return how far a foot's path is from the other side's half a stride later, body lengths, root mean square over feet.

    0 for gaits in which both sides do the same half a stride apart (walks, ambles, trots, paces); a limp has more.
    """
    count = steps.paths.shape[1]
    times = np.arange(count) + steps.half
    inside = times <= count - 1
    before = np.floor(times[inside]).astype(int)
    part = (times[inside] - before)[:, None]
    after = np.minimum(before + 1, count - 1)
    found = []
    for left, right in steps.pairs:
        for one, other in ((left, right), (right, left)):
            path = steps.paths[:, :, other]
            later = (1 - part) * path[:, before] + part * path[:, after]
            found.append(((steps.paths[:, inside, one] - later) ** 2).sum(axis=-1).mean(axis=1))
    return np.sqrt(np.mean(found, axis=0)) if found else np.full(len(steps.paths), np.nan)


FOOT_LIFT = Measure(
    "foot lift",
    "m",
    "highest point of a foot above the lowest foot at that moment in two strides; mean over feet and windows",
    foot_lift,
)
SPEED = Measure(
    "speed",
    "m/s",
    "forward speed; `times` asks for the same strides in quicker succession",
    lambda s: s.speed,
)
DUTY_FACTOR = Measure(
    "duty factor",
    "part of the stride",
    "part of the time that a foot is within a fifth of its highest point of where it stands; mean over feet",
    duty_factor,
)
TRUNK_HEIGHT = Measure(
    "trunk height",
    "m",
    "height of the trunk's middle above the lowest foot; mean over time",
    trunk_height,
)
TORQUE = Measure(
    "torque",
    "N m",
    "absolute joint torque; mean over joints and time",
    lambda s: s.effort,
    in_reach=False,
    less_is_better=True,
)
IMPACT = Measure(
    "impact",
    "m/s",
    f"speed at which a foot comes down to within {_LANDED} body lengths of where it stands, after a swing; mean over touchdowns",
    impact,
    in_reach=False,
    less_is_better=True,
)
LIMP = Measure(
    "limp",
    "body lengths",
    "distance of a foot's path from the other side's half a stride later; root mean square over feet",
    limp,
    less_is_better=True,
)
