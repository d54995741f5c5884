"""Following a subject by the joints that are found on it, fast ones too."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from video2reward.keypoints.following.follow import GROW, LARGEST, OVERLAP, overlap

SURE = 0.3  # a joint of less confidence does not count in the subject's box
ENOUGH = 1 / 3  # part of the joints that must be sure, or the subject is lost
MARGIN = 0.1  # of the joints' extent, on each side: heads and feet reach beyond their joints
PLACE, SPEED, SIZE = 0.7, 0.4, 0.3  # part of a difference that place, speed and size take over at once
COAST = 0.8  # part of the speed that is kept per frame in which the subject is lost


@dataclass
class Pursuit:
    """Where the subject will be in the next frame: `box` (4,) px, moving by `speed` (2,) px a frame."""

    box: np.ndarray
    speed: np.ndarray = field(default_factory=lambda: np.zeros(2))
    lost: int = 0

    @property
    def zoom(self) -> float:
        """How much larger than usual to look, 1 unless the subject is lost."""
        return float(min(GROW**self.lost, LARGEST))

    def update(self, found: np.ndarray | None) -> bool:
        """Learn the box found in this frame and move on; return whether it is the subject's.

        A missing box, or one that overlaps the expected one too little, is not believed.
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
    """Return the box (4,) around the joints (J, 3) that are sure, None if they are too few."""
    sure = joints[joints[:, 2] >= SURE, :2]
    if len(sure) < max(2.0, ENOUGH * len(joints)):
        return None
    low, high = sure.min(0), sure.max(0)
    margin = np.maximum(MARGIN * (high - low), 1.0)
    return np.concatenate([low - margin, high + margin])


def _centre(box: np.ndarray) -> np.ndarray:
    return np.asarray((box[:2] + box[2:]) / 2)
