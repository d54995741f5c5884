"""The motion in reach as the user wishes it: feet lifted higher, the trunk higher or lower, strides quicker, sides alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.geometry import sample_cycle
from video2reward.motion.legs import knee_side, two_link_knee
from video2reward.skeletons import left_and_right, skeleton

CHANGED = ("foot_lift", "trunk_height", "speed", "limp")
"""What a wish changes in the reference; all else it leaves to the reward."""


def wished(reference: Reference, times: Mapping[str, float], before: Mapping[str, float]) -> Reference:
    """Return the reference with its feet, trunk, speed and differences between the sides changed by factors.

    times: measure -> factor, of others than CHANGED without effect
    before: measure -> the motion in reach's own figure; those of changed ones are kept in the result

    Both cycles are changed alike, so that following the wish is no distance from the clip. The heights of the feet above
    the lowest one are multiplied and the lowest foot keeps its place; knees follow by two links. Quicker strides keep
    their paths: speed and rate are multiplied. A limp is how far each side departs from the mean of both, half a stride
    apart.
    """
    asked = {name: times[name] for name in CHANGED if name in times}
    lift, trunk, speed, uneven = (asked.get(name, 1.0) for name in CHANGED)
    if uneven != 1:
        reference = _evened(reference, uneven)
    return replace(
        reference,
        target=_raised(reference.target, reference, lift, trunk),
        cycle=_raised(reference.cycle, reference, lift, trunk),
        speed=reference.speed * speed,
        period_s=reference.period_s / speed,
        before_wish={name: before[name] for name in asked},
    )


def _raised(cycle: np.ndarray, reference: Reference, lift: float, trunk: float) -> np.ndarray:
    """Return a cycle (P, J, 2) with the feet's heights above the lowest one, and the trunk's above it, multiplied."""
    names, moved = list(reference.keypoint_names), np.array(cycle, float)
    feet = [names.index(name) for name in reference.foot_names]
    lowest = cycle[:, feet, 1].min(axis=1)
    height = -lowest.mean()
    moved[:, feet, 1] += (lift - 1) * (cycle[:, feet, 1] - lowest[:, None]) - (trunk - 1) * height
    limbs = {limb.name: limb for limb in skeleton(reference.skeleton).limbs}
    for name, foot in zip(reference.limb_names, feet, strict=True):
        limb = limbs[name]
        if limb.hip in names and limb.knee in names:
            hip, knee = names.index(limb.hip), names.index(limb.knee)
            moved[:, knee] = _knees(cycle[:, [hip, knee, foot]], moved[:, foot])
    return moved


def _evened(reference: Reference, times: float) -> Reference:
    """Return the reference with each leg's departure from the mean of both sides, half a stride apart, multiplied."""
    limbs = {limb.name: limb for limb in skeleton(reference.skeleton).limbs}
    target, cycle = np.array(reference.target, float), np.array(reference.cycle, float)
    touchdown, duty = np.array(reference.touchdown, float), np.array(reference.duty_factor, float)
    for left, right in left_and_right(reference.limb_names):
        one, other = limbs[reference.limb_names[left]], limbs[reference.limb_names[right]]
        for part in ("hip", "knee", "foot"):
            names = getattr(one, part), getattr(other, part)
            if all(name in reference.keypoint_names for name in names):
                pair = [reference.keypoint_names.index(name) for name in names]
                for points in (target, cycle):
                    points[:, pair] = _nearer(points[:, pair], times)
        lead = (touchdown[right] - touchdown[left]) % 1.0 - 0.5  # of the right foot beyond half a stride
        touchdown[left] += (1 - times) * lead / 2
        touchdown[right] -= (1 - times) * lead / 2
        duty[[left, right]] = duty[[left, right]].mean() + times * (
            duty[[left, right]] - duty[[left, right]].mean()
        )
    return replace(reference, target=target, cycle=cycle, touchdown=touchdown % 1.0, duty_factor=duty)


def _nearer(pair: np.ndarray, times: float) -> np.ndarray:
    """Return two joints' paths (P, 2, 2), left and right, with their departure from their mean multiplied."""
    later = np.arange(len(pair)) / len(pair) + 0.5
    mean = (pair[:, 0] + sample_cycle(pair[:, 1], later)) / 2
    both = np.stack([mean, sample_cycle(mean, later)], axis=1)
    return np.asarray(both + times * (pair - both))


def _knees(leg: np.ndarray, feet: np.ndarray) -> np.ndarray:
    """Return the knees (P, 2) of legs (P, 3, 2), hip, knee and foot, whose feet move to (P, 2); bones keep their lengths."""
    found = []
    for (hip, knee, foot), wanted in zip(leg, feet, strict=True):
        bones = float(np.linalg.norm(knee - hip)), float(np.linalg.norm(foot - knee))
        found.append(two_link_knee(hip, wanted, bones, knee_side(hip, knee, foot)))
    return np.array(found)
