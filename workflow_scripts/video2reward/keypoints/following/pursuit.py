"""Tracking a subject by its detected joints, even at high speed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from video2reward.keypoints.following.follow import GROW, LARGEST, OVERLAP, overlap

SURE = 0.3  # minimum confidence of a joint to count in the box
ENOUGH = 1 / 3  # minimum fraction of confident joints; with fewer, the subject is lost
MARGIN = 0.1  # of the joints' extent, on each side: head and feet reach beyond their joints
PLACE, SPEED, SIZE = 0.7, 0.4, 0.3  # filter gains
COAST = 0.8  # speed kept per frame in which the subject is lost


@dataclass
class Pursuit:
    """Prediction for the next frame: `box` (4,) px, moving by `speed` (2,) px per frame."""

    box: np.ndarray
    speed: np.ndarray = field(default_factory=lambda: np.zeros(2))
    lost: int = 0

    @property
    def zoom(self) -> float:
        """Enlargement of the search window; 1 unless the subject is lost."""
        return float(min(GROW**self.lost, LARGEST))

    def update(self, found: np.ndarray | None) -> bool:
        """Update with the box found in this frame; return whether it is the subject's.

        A missing box, or one with too little overlap with the expected one, is rejected.
        """
        if found is None or overlap(self.box, found) < OVERLAP / (1 + self.lost):
            self.lost += 1
            self.speed = COAST * self.speed
            self._move(self.speed)
            return False
        off = _centre(found) - _centre(self.box)
        grown = (found[2:] - found[:2]) - (self.box[2:] - self.box[:2])
        self.speed = self.speed + SPEED * off / (1 + self.lost)
        half = SIZE * grown / 2
        self.box = self.box + np.concatenate([-half, half])
        self._move(PLACE * off + self.speed)
        self.lost = 0
        return True

    def _move(self, by: np.ndarray) -> None:
        self.box = self.box + np.tile(by, 2)


def box_of(joints: np.ndarray) -> np.ndarray | None:
    """Return the box (4,) around the confident joints of (J, 3); None if they are too few."""
    sure = joints[joints[:, 2] >= SURE, :2]
    if len(sure) < max(2.0, ENOUGH * len(joints)):
        return None
    low, high = sure.min(0), sure.max(0)
    margin = np.maximum(MARGIN * (high - low), 1.0)
    return np.concatenate([low - margin, high + margin])


def _centre(box: np.ndarray) -> np.ndarray:
    return np.asarray((box[:2] + box[2:]) / 2)
