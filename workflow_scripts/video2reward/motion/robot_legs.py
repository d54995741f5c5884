"""A robot's legs and the paths that their feet can follow, in the side view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from video2reward.errors import UserError
from video2reward.motion.legs import knee_side, largest_scale, two_link_knee
from video2reward.motion.stance import Stance
from video2reward.robots.hinged_leg import HingedLeg
from video2reward.settings.motion import Reach
from video2reward.settings.robot import RobotLimb

# How far a hinged leg may stay from its foot's path, body lengths, and the halvings that find the largest scale.
_MISS, _HALVINGS = 0.01, 7
# By how much all hinged legs' paths may be moved towards the hips, body lengths, the smallest first.
_INWARD = (0.0, 0.1, -0.1, 0.2, -0.2, 0.3, -0.3, 0.4, -0.4)


@dataclass(frozen=True)
class PlaneLeg:
    """A two-link leg in the side view's plane: hip (2,), the middle of the foot's path (2,), links; body lengths."""

    hip: np.ndarray
    centre: np.ndarray
    links: tuple[float, float]
    side: float
    extension: float

    def largest_scale(self, deviation: np.ndarray) -> float:
        """Return the largest scale, up to 1, at which the foot stays in reach."""
        return largest_scale(self.centre, deviation, self.hip, self.extension * sum(self.links))

    def follow(self, deviation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return knee and foot, (P, 2) each, for a foot that deviates (P, 2) from its middle."""
        foot = self.centre + deviation
        return two_link_knee(self.hip, foot, self.links, self.side), foot


@dataclass(frozen=True)
class SwingingLeg:
    """A leg of hinges that turns out of that plane.

    centre: (2,) body lengths, the middle of its foot's path; origin: (2,) m, the trunk's middle in the base's frame
    """

    leg: HingedLeg
    centre: np.ndarray
    origin: np.ndarray
    unit_m: float
    extension: float

    def largest_scale(self, deviation: np.ndarray) -> float:
        """Return the largest scale, up to 1, at which the foot keeps to its path."""
        low, high = 0.0, 1.0
        if self._miss(deviation) < _MISS:
            return 1.0
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self._miss(middle * deviation) < _MISS else (low, middle)
        return low

    def follow(self, deviation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return knee and foot as `PlaneLeg.follow`, as near as the joints allow."""
        path = (self.centre + deviation) * self.unit_m + self.origin
        knee, foot = self.leg.follow(path, self.extension)
        return (knee - self.origin) / self.unit_m, (foot - self.origin) / self.unit_m

    def _miss(self, deviation: np.ndarray) -> float:
        foot = self.follow(deviation)[1]
        return float(np.linalg.norm(foot - self.centre - deviation, axis=-1).max())


def legs_of(
    limbs: Sequence[RobotLimb],
    stance: Stance,
    reach: Reach,
    hinged: Mapping[str, HingedLeg],
    paths: Sequence[np.ndarray],
) -> list[PlaneLeg | SwingingLeg]:
    """Return the legs, hinged ones with their feet where most of the paths (P, 2), deviations, is in reach.

    Raises:
        UserError: a limb has neither `lengths_m` nor an entry in `hinged`
    """
    best: list[PlaneLeg | SwingingLeg] = []
    most = -1.0
    for inward in _INWARD:
        legs = [_leg(limb, stance, reach, hinged, inward) for limb in limbs]
        swinging = [
            (leg, path) for leg, path in zip(legs, paths, strict=True) if isinstance(leg, SwingingLeg)
        ]
        scale = min((leg.largest_scale(path) for leg, path in swinging), default=1.0)
        if scale > most:
            best, most = legs, scale
        if most == 1.0:
            break
    return best


def _leg(
    limb: RobotLimb, stance: Stance, reach: Reach, hinged: Mapping[str, HingedLeg], inward: float
) -> PlaneLeg | SwingingLeg:
    hip, knee, foot = (stance.points[joint] for joint in (limb.hip, limb.knee, limb.foot))
    up = reach.crouch * (hip[1] - foot[1])
    if limb.lengths_m is not None:
        links = limb.lengths_m[0] / stance.body_length_m, limb.lengths_m[1] / stance.body_length_m
        centre = np.array([hip[0], foot[1] + up])
        return PlaneLeg(hip, centre, links, knee_side(hip, knee, foot), reach.extension)
    if limb.name not in hinged:
        raise UserError(
            f"robot.yaml: limb {limb.name} has no lengths_m, so its joints are needed; pass `hinged_legs` to `retarget`"
        )
    leg = hinged[limb.name]
    origin = leg.foot[[0, 2]] - foot * stance.body_length_m
    centre = np.add(foot, (-inward * np.sign(foot[0] - hip[0]), up))
    return SwingingLeg(leg, centre, origin, stance.body_length_m, reach.extension)
