"""Geometry that stages share: headings, the side view, body lengths, cycles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from video2reward.errors import UserError
from video2reward.skeletons import Skeleton


def quaternion_yaw(quaternion: np.ndarray) -> np.ndarray:
    """Return the heading of bodies, rad in -pi..pi, about the world's z axis.

    quaternion: (..., 4) w, x, y, z, unit length, body to world -> (...)
    """
    w, x, y, z = np.moveaxis(np.asarray(quaternion, float), -1, 0)
    return np.arctan2(2 * (w * z + x * y), 1 - 2 * (y**2 + z**2))


def rotate(quaternion: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Rotate vectors (..., 3) from the body frame to the world frame by quaternions (..., 4) w, x, y, z."""
    q = np.asarray(quaternion, float)
    axis = 2 * np.cross(q[..., 1:], vectors)
    return vectors + q[..., :1] * axis + np.cross(q[..., 1:], axis)


def side_view(points: np.ndarray, heading: np.ndarray) -> np.ndarray:
    """Project world points onto the vertical plane along each heading.

    points: (..., J, 3) m, z up; heading: (...) rad -> (..., J, 2) x forward, y up, m, same origin
    """
    heading = np.asarray(heading, float)[..., None]
    forward = points[..., 0] * np.cos(heading) + points[..., 1] * np.sin(heading)
    return np.stack([forward, points[..., 2]], axis=-1)


def travel_heading(track: np.ndarray, fallback: float, least: float) -> float:
    """Return the direction from the first to the last point of a track (T, 2+), rad.

    A track that ends within `least` (in its own unit) of its start has no direction; `fallback` is returned.
    """
    step = track[-1, :2] - track[0, :2]
    return float(np.arctan2(step[1], step[0])) if np.hypot(*step) > least else fallback


def trunk_ends(points: np.ndarray, names: Sequence[str], skeleton: Skeleton) -> tuple[np.ndarray, np.ndarray]:
    """Return the trunk's front and back end, (..., D) each, from points (..., J, D) named `names`.

    Each end is the mean of its skeleton joints that are in `names`; if none is, a `UserError`.
    """
    ends = []
    for end, joints in (("front", skeleton.front), ("back", skeleton.back)):
        rows = [list(names).index(joint) for joint in joints if joint in names]
        if not rows:
            raise UserError(f"no joint at the trunk's {end} end: expected one of {', '.join(joints)}")
        ends.append(points[..., rows, :].mean(axis=-2))
    return ends[0], ends[1]


def trunk_middle(points: np.ndarray, names: Sequence[str], skeleton: Skeleton) -> np.ndarray:
    """Return the point midway between the trunk's ends, (..., D), from points as in `trunk_ends`."""
    front, back = trunk_ends(points, names, skeleton)
    return np.asarray(0.5 * (front + back))


def body_normalise(
    points: np.ndarray, names: Sequence[str], skeleton: Skeleton, length: float | None = None
) -> np.ndarray:
    """Express side-view points in body lengths, relative to the trunk's midpoint.

    points: (..., T, J, 2) x forward, y up; length: the body length in the unit of `points`, by default the mean
    distance between the trunk's ends -> the same shape, origin midway between the ends
    """
    front, back = trunk_ends(points, names, skeleton)
    if length is None:
        length = float(np.linalg.norm(front - back, axis=-1).mean())
    return (points - 0.5 * (front + back)[..., None, :]) / length


def sample_cycle(cycle: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Interpolate a closed cycle (P, ...), uniform in phase, linearly at phases (N,) in cycles -> (N, ...)."""
    position = np.mod(phase, 1.0) * len(cycle)
    before = position.astype(int) % len(cycle)
    weight = (position - np.floor(position)).reshape(-1, *[1] * (cycle.ndim - 1))
    return cycle[before] * (1 - weight) + cycle[(before + 1) % len(cycle)] * weight
