"""The default pose: a keyframe in which the robot stands, or one solved for: feet level below the hips, knees bent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.importing.base import Given
from video2reward.importing.chains import Body, Chain, place, tip_of
from video2reward.importing.shapes import lowest, placed
from video2reward.importing.solving import small_turn, solved_pose

_NAMES = ("home", "stand", "standing", "default", "nominal")
_DIGITS = 3


@dataclass(frozen=True)
class StandingPose:
    """A pose to stand in.

    pose: joint -> rad; height: of the base's origin above the ground, m; origin: where the pose comes from, in words
    """

    pose: dict[str, float]
    height: float
    origin: str


@dataclass(frozen=True)
class Standing:
    """How a pose stands, lengths in m, one entry a leg.

    feet: heights of the feet's lowest points, base frame; stretch: hip to foot, of the legs' full lengths
    uneven: how far left and right feet are from being mirror images; tilt: of the soles against the reference, rad
    off: how far the centre of mass lies from the middle of the feet, of half the way that the feet support, along x
    """

    feet: np.ndarray
    stretch: np.ndarray
    uneven: float
    tilt: float
    off: float

    def faults(self, legs: int) -> list[str]:
        """Return what speaks against standing in this pose, in words."""
        depth = -float(self.feet.min())
        found = []
        if np.ptp(self.feet) > 0.03 * depth:
            found.append("its feet are not level")
        if not (self.stretch.min() > 0.4 and self.stretch.max() < 0.995):
            found.append("its legs are straight or folded")
        if self.uneven > 0.05 * depth:
            found.append("left and right differ")
        if legs == 2 and self.tilt > 0.05:
            found.append("its soles are not flat")
        if self.off > 0.9:
            found.append("its centre of mass is not above the feet")
        return found


def assess(model: Any, given: Given, body: Body, pose: Mapping[str, float]) -> Standing:
    """Look at a pose."""
    data, flat = place(model, given, pose), place(model, given, {})
    feet = np.array([min(lowest(model, data, g) for g in leg.soles) for leg in body.legs])
    tips = np.array([tip_of(data, leg) for leg in body.legs])
    pairs = len(tips) // 2  # the right legs follow the left ones in the same order
    mirror = np.abs(tips[:pairs] * [1, -1, 1] - tips[pairs:]).max()
    ankles = [leg for leg in body.legs if leg.ankle is not None]  # without, a sole tilts with its shank
    turns = [small_turn(data.xmat[leg.end], flat.xmat[leg.end]) for leg in ankles]
    ends = np.concatenate([placed(model, data, g)[:, 0] for leg in body.legs for g in leg.soles])
    middle, half = 0.5 * (ends.max() + ends.min()), 0.5 * np.ptp(ends)
    mass = data.subtree_com[model.body(given.base).id, 0]
    return Standing(
        feet,
        np.array([_length(data, leg) for leg in body.legs]),
        float(mirror),
        float(max((np.hypot(turn[0], turn[1]) for turn in turns), default=0.0)),
        float(abs(mass - middle) / half),
    )


def _length(data: Any, leg: Chain) -> float:
    """Return how far a leg is stretched, hip to ankle or foot, of its full length."""
    hip, knee = data.xanchor[leg.hip], data.xanchor[leg.knee]
    foot = data.xanchor[leg.ankle] if leg.ankle is not None else tip_of(data, leg)
    links = np.linalg.norm(knee - hip) + np.linalg.norm(foot - knee)
    return float(np.linalg.norm(foot - hip) / links)


def find_stance(model: Any, given: Given, body: Body, file: Path, notes: list[str]) -> StandingPose:
    """Return the pose to stand in: the keyframe of the best name that stands, else a solved one.

    Raises:
        UserError: no pose with level feet was found
    """
    ranked = sorted(
        given.poses, key=lambda name: next((k for k, word in enumerate(_NAMES) if word in name.lower()), 99)
    )
    for name in ranked:
        faults = assess(model, given, body, given.poses[name]).faults(len(body.legs))
        if not faults:
            return _stance(model, given, body, given.poses[name], f"the model's keyframe {name!r}")
        notes.append(f"The keyframe {name!r} is no stance: {', '.join(faults)}.")
    pose = solved_pose(model, given, body)
    if faults := assess(model, given, body, pose).faults(len(body.legs)):
        raise UserError(
            f"{file}: no pose to stand in was found ({', '.join(faults)}); add a keyframe named 'home' in which the robot stands"
        )
    return _stance(model, given, body, pose, "solved: feet level below the hips, knees bent")


def _stance(model: Any, given: Given, body: Body, pose: Mapping[str, float], origin: str) -> StandingPose:
    data = place(model, given, pose)
    angles = {
        name: round(float(data.qpos[model.joint(name).qposadr[0]]), _DIGITS) + 0.0 for name in given.joints
    }
    for name, (low, high) in given.ranges.items():  # rounding must not leave the range
        angles[name] = float(np.clip(angles[name], low, high))
    data = place(model, given, angles)
    return StandingPose(angles, -min(lowest(model, data, g) for leg in body.legs for g in leg.soles), origin)
