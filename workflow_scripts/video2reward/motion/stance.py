"""A robot's default pose in the side view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.geometry import body_normalise
from video2reward.skeletons import skeleton


@dataclass(frozen=True)
class Stance:
    """A robot's default pose.

    points: keypoint -> (2,) side view, body lengths about the trunk's middle
    bones: (nearer, farther joint) -> length in space, body lengths, of the skeleton's bones that the robot has
    """

    points: dict[str, np.ndarray]
    bones: dict[tuple[str, str], float]
    body_length_m: float


def make_stance(skeleton_name: str, names: tuple[str, ...], standing: np.ndarray, length_m: float) -> Stance:
    """Project standing keypoints (J, 3), m, to the side view, in body lengths about the trunk's centre."""
    flat = body_normalise(standing[:, [0, 2]], names, skeleton(skeleton_name), length_m)
    space = dict(zip(names, standing, strict=True))
    bones = {
        (a, b): float(np.linalg.norm(space[b] - space[a])) / length_m
        for a, b in skeleton(skeleton_name).bones
        if a in space and b in space
    }
    return Stance(dict(zip(names, flat, strict=True)), bones, length_m)
