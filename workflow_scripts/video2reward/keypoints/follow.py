"""Following one subject from frame to frame: a square window of the picture that moves with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WINDOW = 1.5  # window side over the box's longer side: room for a stride between two frames
FOLLOW = 0.5  # part of the way to a newly found box that the box moves
GROW = 1.1  # the window's growth per frame in which the subject is lost
LARGEST = 2.0  # ... up to this multiple
OVERLAP = 0.2  # a found box that shares less of its area with the expected one is somebody else


@dataclass
class Follower:
    """Where the subject is expected: `box` (4,) x0, y0, x1, y1 px."""

    box: np.ndarray
    lost: int = 0

    def window(self, least: float = 0.0, most: float = WINDOW) -> tuple[np.ndarray, float]:
        """Return the window to search: centre (2,) px and side, px.

        least: px that the side has where that is within `most` times the box's longer side
        """
        centre = (self.box[:2] + self.box[2:]) / 2
        longer = float((self.box[2:] - self.box[:2]).max())
        side = max(WINDOW * longer, min(most * longer, least))
        return centre, side * min(GROW**self.lost, LARGEST)

    def update(self, found: np.ndarray | None) -> bool:
        """Move on to the box found in this frame; return whether it is the subject's.

        A missing box, or one that overlaps the expected one too little, leaves the box where it was.
        """
        if found is None or overlap(self.box, found) < OVERLAP / (1 + self.lost):
            self.lost += 1
            return False
        self.box = self.box + FOLLOW * (found - self.box)
        self.lost = 0
        return True


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Return the area two boxes share over the smaller one's area, 0..1."""
    shared = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None).prod()
    least = min((a[2:] - a[:2]).prod(), (b[2:] - b[:2]).prod())
    return float(shared / least) if least > 0 else 0.0


def cut(picture: np.ndarray, centre: np.ndarray, side: float, pixels: int) -> np.ndarray:
    """Return a square window as (pixels, pixels, 3); beyond the picture its border is repeated.

    A point (x, y) of the picture lies at ((x, y) - centre) / side + 1/2 of the window's width and height.
    """
    import cv2

    scale = pixels / side
    shift = pixels / 2 - centre * scale
    move = np.array([[scale, 0.0, shift[0]], [0.0, scale, shift[1]]])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(
        cv2.warpAffine(picture, move, (pixels, pixels), flags=how, borderMode=cv2.BORDER_REPLICATE)
    )
