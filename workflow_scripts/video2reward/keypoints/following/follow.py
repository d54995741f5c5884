"""Tracking one subject with a square window that moves with it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

WINDOW = 1.5  # window side over the box's longer side: room for movement between two frames
FOLLOW = 0.5  # smoothing: fraction of the way to a newly found box
GROW = 1.1  # the window's growth per frame in which the subject is lost
LARGEST = 2.0  # ... up to this multiple
OVERLAP = 0.2  # a found box with a smaller overlap with the expected one is somebody else's
# Tolerance of the trunk's predicted position: fraction of the body's height, plus px for pixel noise, plus a fraction
# for every frame lost. The prediction needs SETTLED frames, corrects its velocity by at least STEER of the error, and
# coasts for COASTS frames without the subject.
COURSE, COURSE_PX, LOOSER = 0.035, 2.0, 0.005
SETTLED, STEER, COASTS = 6, 0.1, 12


@dataclass
class Follower:
    """The subject's expected `box` (4,) x0, y0, x1, y1 px and `trunk` (2,) px, at constant velocity.

    velocity: (2,) px per frame; met: frames in which it was found; lost: frames since; seen: its last found box
    """

    box: np.ndarray
    lost: int = 0
    met: int = 0
    trunk: np.ndarray | None = None
    seen: np.ndarray | None = None
    velocity: np.ndarray = field(default_factory=lambda: np.zeros(2))

    def window(self, least: float = 0.0, most: float = WINDOW) -> tuple[np.ndarray, float]:
        """Return the window to search: centre (2,) px and side, px.

        least: minimum side, px, as long as it is within `most` times the box's longer side
        """
        centre = (self.box[:2] + self.box[2:]) / 2 + self.velocity
        longer = float((self.box[2:] - self.box[:2]).max())
        side = max(WINDOW * longer, min(most * longer, least))
        return centre, side * min(GROW**self.lost, LARGEST)

    def is_subject(self, found: np.ndarray | None, trunk: np.ndarray | None = None) -> bool:
        """Tell whether a box and a trunk found in this frame are the subject's.

        A box with too little overlap with the expected one is somebody else's. So is a trunk far from its predicted
        position: when two people cross, their boxes overlap and only the motion tells them apart.
        """
        if found is None or overlap(self._expected(), found) < OVERLAP / (1 + self.lost):
            return False
        if trunk is None or self.trunk is None or self.met < SETTLED:
            return True
        off = np.linalg.norm(trunk - self.trunk - self.velocity)
        height = float((self.box[2:] - self.box[:2]).max())
        return bool(off < (COURSE + LOOSER * self.lost) * height + COURSE_PX)

    def update(self, found: np.ndarray | None, trunk: np.ndarray | None = None) -> bool:
        """Update with the box and trunk found in this frame; return whether they are the subject's.

        If not, the subject keeps its velocity.
        """
        is_subject = self.is_subject(found, trunk)
        expected = self._expected()
        if self.trunk is not None:
            self.trunk = self.trunk + self.velocity
        if not is_subject or found is None:
            self.lost += 1
            self.box = expected
            if self.met < SETTLED or self.lost > COASTS:
                # No prediction to rely on: wait where it was last seen.
                self.met, self.trunk, self.velocity = 0, None, np.zeros(2)
                self.box = self.box if self.seen is None else self.seen
            return False
        self.box = expected + FOLLOW * (found - expected)
        if trunk is not None and np.isfinite(trunk).all():
            if self.trunk is not None:
                off = trunk - self.trunk
                self.velocity = self.velocity + off * max(STEER, 1 / (1 + self.met)) / (1 + self.lost)
                self.trunk = self.trunk + FOLLOW * off
            else:
                self.trunk = trunk
            self.met += 1
        self.lost, self.seen = 0, self.box
        return True

    def _expected(self) -> np.ndarray:
        return self.box + np.tile(self.velocity, 2)


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Return the intersection of two boxes over the smaller one's area, 0..1."""
    shared = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None).prod()
    least = min((a[2:] - a[:2]).prod(), (b[2:] - b[:2]).prod())
    return float(shared / least) if least > 0 else 0.0


def cut_window(picture: np.ndarray, centre: np.ndarray, side: float, pixels: int) -> np.ndarray:
    """Return a square window as (pixels, pixels, 3); outside the picture its border is replicated.

    A point (x, y) of the picture is at ((x, y) - centre) / side + 1/2 of the window's width and height.
    """
    import cv2

    scale = pixels / side
    shift = pixels / 2 - centre * scale
    move = np.array([[scale, 0.0, shift[0]], [0.0, scale, shift[1]]])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(
        cv2.warpAffine(picture, move, (pixels, pixels), flags=how, borderMode=cv2.BORDER_REPLICATE)
    )
