"""Inverse kinematics of limbs in the sagittal plane; x forward, z up, m."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def two_links(
    root: np.ndarray, end: np.ndarray, upper: float, lower: float, forward: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Solve two links from `root` to `end` (complex x + iz) -> directions (unit complex) of both links.

    `forward`: the joint between the links lies ahead of the line from root to end. Raises ValueError
    where the end is out of reach: a figure's proportions must fit its gait.
    """
    line = end - root
    distance = np.abs(line)
    if np.any(distance >= upper + lower) or np.any(distance <= abs(upper - lower)):
        raise ValueError(
            f"limb of {upper:.3f} + {lower:.3f} m cannot reach {distance.min():.3f} to {distance.max():.3f} m"
        )
    at_root = np.arccos((distance**2 + upper**2 - lower**2) / (2 * distance * upper))
    # Seen from the subject's right side x is to the right, so turning a downward line forward is turning it
    # counter-clockwise, to larger angles.
    first = line / distance * np.exp(1j * (at_root if forward else -at_root))
    second = (line - upper * first) / lower
    return first, second


@dataclass(frozen=True)
class Pantograph:
    """A limb of three segments whose first and third keep a fixed angle.

    The limbs of walking mammals work this way: scapula and forearm, thigh and metatarsus move in step
    (Fischer & Blickhan 2006, J. Exp. Zool. 305A:935-952; Fischer & Lilje, "Dogs in Motion", 2011).
    first, second, third: m, from the trunk to the ground
    offset: rad by which the first segment leans further forward than the third
    """

    first: float
    second: float
    third: float
    offset: float

    def solve(self, root: np.ndarray, foot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return both inner joints, complex (T,), for the root's and the foot's positions, complex (T,)."""
        # First and third segment in series are one rigid link; the second segment is the other.
        together = self.first * np.exp(1j * self.offset) + self.third
        link, _ = two_links(root, foot, float(np.abs(together)), self.second, forward=True)
        third = link * np.exp(-1j * np.angle(together))
        upper = root + self.first * third * np.exp(1j * self.offset)
        lower = foot - self.third * third
        return upper, lower
