"""A moving figure: named points over time, the solids between them, and its keypoints among the points."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Part:
    """One solid of a figure, from one point to another; a sphere has its centre at `start`.

    shape: "capsule", "ellipsoid" or "sphere"
    start, end: names of points
    width, depth: radii, m, sideways and in the sagittal plane; a capsule and a sphere have one radius
    overlap: m by which an ellipsoid reaches beyond its two points
    """

    name: str
    shape: str
    start: str
    end: str
    width: float
    colour: Colour
    depth: float = 0.0
    overlap: float = 0.0


@dataclass(frozen=True)
class Figure:
    """A figure walking along +x from x = 0; y to its left, z up, m.

    points: name -> (T, 3)
    keypoints: joint -> name of the point that a pose backend should find
    seen_as: joint -> name of the marker part that shows it; empty if joints lie inside the body
    joint_depth: joint -> m from the joint to the body's surface; used where there are no markers
    planted: limb -> (T,) bool, the foot is on the ground; feet: limb -> the point that then does not move
    """

    times: np.ndarray
    points: dict[str, np.ndarray]
    parts: tuple[Part, ...]
    keypoints: dict[str, str]
    planted: dict[str, np.ndarray]
    feet: dict[str, str]
    seen_as: dict[str, str] = field(default_factory=dict)
    joint_depth: dict[str, float] = field(default_factory=dict)


def place(figure: Figure, heading: int, offset: np.ndarray) -> Figure:
    """Turn a figure about the vertical to travel along +x (1) or -x (-1) and move it by `offset` (3,) m."""
    turn = np.array([heading, heading, 1.0])
    points = {name: point * turn + offset for name, point in figure.points.items()}
    return Figure(**{**vars(figure), "points": points})


def in_plane(position: np.ndarray, side: float | np.ndarray) -> np.ndarray:
    """Turn sagittal positions, complex x + iz (T,), and sideways ones, m, into points (T, 3)."""
    position = np.atleast_1d(position)
    return np.stack([position.real, np.broadcast_to(side, position.shape), position.imag], axis=-1)
