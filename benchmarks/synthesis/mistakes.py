"""Typical errors of pose models on legs: named by position, or both detected on one leg."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.skeletons import skeleton

Mistake = Callable[[Keypoints, tuple[str, ...]], Keypoints]
BOTH = ("", "fore", "hind")


def named_by_place(k: Keypoints, ends: tuple[str, ...] = BOTH, ahead: bool = True) -> Keypoints:
    """Call the leg whose foot is further right in the picture the left one, or the one further left, where `ahead` is False.

    ends: "fore", "hind", and "" for the legs of people
    """
    points = k.keypoints.copy()
    for left, right in _pairs(k, ends):
        wrong = (points[:, left[1], 0] < points[:, right[1], 0]) == ahead
        points[np.ix_(wrong, left + right)] = points[np.ix_(wrong, right + left)]
    return replace(k, keypoints=points)


def joints_by_place(k: Keypoints, ends: tuple[str, ...] = BOTH) -> Keypoints:
    """Call the knee and the foot further right in the picture the left ones, each for itself."""
    points = k.keypoints.copy()
    for left, right in _pairs(k, ends):
        for a, b in zip(left, right, strict=True):
            wrong = np.flatnonzero(points[:, a, 0] < points[:, b, 0])
            points[wrong, a], points[wrong, b] = points[wrong, b], points[wrong, a].copy()
    return replace(k, keypoints=points)


def far_onto_near(k: Keypoints, ends: tuple[str, ...] = BOTH) -> Keypoints:
    """Draw the left leg, the far one, onto the right one."""
    points = k.keypoints.copy()
    for left, right in _pairs(k, ends):
        points[:, left] = points[:, right]
    return replace(k, keypoints=points)


def onto_the_one_ahead(k: Keypoints, ends: tuple[str, ...] = BOTH, ahead: bool = True) -> Keypoints:
    """Draw both legs onto the one whose foot is further right in the picture, or left where `ahead` is False."""
    points = k.keypoints.copy()
    for left, right in _pairs(k, ends):
        other = (points[:, left[1], 0] < points[:, right[1], 0]) == ahead
        points[np.ix_(other, left)] = points[np.ix_(other, right)]
        points[np.ix_(~other, right)] = points[np.ix_(~other, left)]
    return replace(k, keypoints=points)


def noisy(k: Keypoints, noise: float, seed: int = 0) -> Keypoints:
    """Move every joint by a normal error of standard deviation `noise`, trunk lengths."""
    kind, points = skeleton(k.skeleton), k.keypoints.copy()
    front, back = (
        points[:, [kind.index(j) for j in end], :2].mean(axis=1) for end in (kind.front, kind.back)
    )
    trunk = float(np.linalg.norm(front - back, axis=-1).mean())
    points[..., :2] += noise * trunk * np.random.default_rng(seed).standard_normal(points[..., :2].shape)
    return replace(k, keypoints=points)


def _pairs(k: Keypoints, ends: tuple[str, ...]) -> list[tuple[list[int], list[int]]]:
    """Return the columns of knee and foot, left and right, of each end."""
    kind, limbs = skeleton(k.skeleton), {limb.name: limb for limb in skeleton(k.skeleton).limbs}
    columns = {name: [kind.index(leg.knee), kind.index(leg.foot)] for name, leg in limbs.items()}
    named = [("_".join(("left", end)).rstrip("_"), "_".join(("right", end)).rstrip("_")) for end in ends]
    return [(columns[left], columns[right]) for left, right in named if left in columns]
