"""The clip's cycle within the reach of a robot's legs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.geometry import sample_cycle
from video2reward.motion.robot_legs import legs_of
from video2reward.motion.stance import Stance
from video2reward.robots.hinged_leg import HingedLeg
from video2reward.settings.motion import Reach
from video2reward.settings.robot import KeypointTable, RobotLimb
from video2reward.skeletons import skeleton


def reachable_cycle(
    motion: Motion,
    table: KeypointTable,
    stance: Stance,
    names: tuple[str, ...],
    reach: Reach,
    hinged: Mapping[str, HingedLeg],
) -> np.ndarray:
    """Return the cycle (P, J, 2), robot body lengths, within the reach of the robot's legs.

    Raises:
        UserError: a limb has neither `lengths_m` nor an entry in `hinged`
    """
    feet = [_foot_deviation(motion, limb) for limb in table.limbs]
    legs = legs_of(table.limbs, stance, reach, hinged, feet)
    scale = min(leg.largest_scale(deviation) for leg, deviation in zip(legs, feet, strict=True))
    placed = {name: np.repeat(stance.points[name][None], len(motion.cycle), axis=0) for name in names}
    trunk = {
        *skeleton(motion.skeleton).front,
        *skeleton(motion.skeleton).back,
        *(limb.hip for limb in table.limbs),
    }
    for name in names:
        if name not in trunk:
            track = motion.cycle[:, motion.joint_names.index(name)]
            placed[name] = stance.points[name] + scale * (track - track.mean(axis=0))
    for limb, leg, deviation in zip(table.limbs, legs, feet, strict=True):
        placed[limb.knee], placed[limb.foot] = leg.follow(scale * deviation)
    fitted = {joint for limb in table.limbs for joint in (limb.knee, limb.foot)}
    for (near, far), length in stance.bones.items():
        if far in placed and far not in trunk | fitted:
            placed[far] = _no_farther(placed.get(near, stance.points[near]), placed[far], length)
    return np.stack([placed[name] for name in names], axis=1)


def _no_farther(near: np.ndarray, far: np.ndarray, length: float) -> np.ndarray:
    """Limit the distance of points (P, 2) from others to `length`: in side view a bone only looks shorter."""
    offset = far - near
    distance = np.maximum(np.linalg.norm(offset, axis=-1, keepdims=True), 1e-9)
    return near + offset * np.minimum(1.0, length / distance)


def _foot_deviation(motion: Motion, limb: RobotLimb) -> np.ndarray:
    """Return the clip's foot relative to the middle of its stride and its stance height, (P, 2), up >= 0."""
    track = motion.cycle[:, motion.joint_names.index(limb.foot)]
    row = motion.limb_names.index(limb.name)
    middle = motion.touchdown[row] + motion.duty_factor[row] * np.linspace(0.15, 0.85, 32)
    ground = np.mean(sample_cycle(track[:, 1], middle)) if np.isfinite(middle).all() else track[:, 1].min()
    forward = track[:, 0] - 0.5 * (track[:, 0].max() + track[:, 0].min())
    return np.stack([forward, np.maximum(track[:, 1] - ground, 0.0)], axis=-1)
