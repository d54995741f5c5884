"""Inverse kinematics and reach of planar two-link legs."""

from __future__ import annotations

import numpy as np


def two_link_knee(hip: np.ndarray, foot: np.ndarray, lengths: tuple[float, float], side: float) -> np.ndarray:
    """Return the knee between hip and foot, all (..., 2), in the unit of `lengths`.

    lengths: hip-knee, knee-foot; side: 1 if the knee is left of the line from hip to foot, -1 if right. For a
    foot out of reach, the leg is straight or fully folded and points at it.
    """
    upper, lower = lengths
    way = foot - hip
    distance = np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-9)
    span = np.clip(distance, abs(upper - lower), upper + lower)
    along = (upper**2 - lower**2 + span**2) / (2 * np.maximum(span, 1e-9))
    aside = np.sqrt(np.maximum(upper**2 - along**2, 0.0))
    ahead = way / distance
    left = np.stack([-ahead[..., 1], ahead[..., 0]], axis=-1)
    return hip + along * ahead + side * aside * left


def knee_side(hip: np.ndarray, knee: np.ndarray, foot: np.ndarray) -> float:
    """Return the knee's side of the line from hip to foot, (2,) each: 1 left, -1 right."""
    way, offset = foot - hip, knee - hip
    return 1.0 if way[0] * offset[1] - way[1] * offset[0] >= 0 else -1.0


def largest_scale(centre: np.ndarray, deviation: np.ndarray, hip: np.ndarray, reach: float) -> float:
    """Return the largest scale, up to 1, that keeps centre + scale * deviation within `reach` of the hip.

    centre, hip: (2,); deviation: (P, 2). 0 if the centre itself is out of reach.
    """
    offset = centre - hip
    # |offset + s d|^2 = reach^2 is quadratic in s; the sample with the smallest root decides.
    a = (deviation**2).sum(axis=-1)
    b = deviation @ offset
    c = offset @ offset - reach**2
    if c > 0:
        return 0.0
    moving = a > 1e-12
    limits = (-b[moving] + np.sqrt(b[moving] ** 2 - a[moving] * c)) / a[moving]
    return float(min(1.0, limits.min())) if moving.any() else 1.0
