"""Drawing skeletons: bones coloured by side, joints by confidence."""

from __future__ import annotations

import numpy as np

from video2reward.skeletons import Skeleton

LEFT, RIGHT, MIDDLE = (0, 128, 255), (255, 128, 0), (80, 200, 80)  # BGR; left and right as on the robots
BOX, PAPER, INK = (0, 220, 220), (250, 250, 250), (40, 40, 40)

_WIDTH = 2  # of the bones, px


def side_colour(joint: str) -> tuple[int, int, int]:
    """Return the BGR colour of a joint's side: left orange, right blue, middle green."""
    name = joint.lower()
    return LEFT if name.startswith(("l_", "left")) else RIGHT if name.startswith(("r_", "right")) else MIDDLE


def confidence_colour(confidence: float) -> tuple[int, int, int]:
    """Return the BGR colour of a confidence: red at 0, yellow at one half, green at 1."""
    c = float(np.clip(confidence, 0, 1))
    return 0, int(255 * min(1.0, 2 * c)), int(255 * min(1.0, 2 - 2 * c))


def draw_skeleton(picture: np.ndarray, joints: np.ndarray, skeleton: Skeleton) -> None:
    """Draw one frame's visible joints and the bones between them onto `picture`.

    Args:
        picture: (H, W, 3) uint8 BGR, changed in place
        joints: (J, 3) x, y px and confidence; unseen joints (confidence 0) are left out
        skeleton: its joints and bones
    """
    import cv2

    seen = joints[:, 2] > 0
    at = [
        (round(float(x)), round(float(y))) if s else (0, 0) for (x, y, _), s in zip(joints, seen, strict=True)
    ]
    for a, b in skeleton.bones:
        i, j = skeleton.index(a), skeleton.index(b)
        if seen[i] and seen[j]:
            colour = side_colour(b if side_colour(a) == MIDDLE else a)
            cv2.line(picture, at[i], at[j], colour, _WIDTH, cv2.LINE_AA)
    for i in np.flatnonzero(seen).tolist():
        cv2.circle(picture, at[i], _WIDTH + 2, confidence_colour(joints[i, 2]), -1, cv2.LINE_AA)
        cv2.circle(picture, at[i], _WIDTH + 2, INK, 1, cv2.LINE_AA)


def blank(size: tuple[int, int]) -> np.ndarray:
    """Return a blank picture (H, W, 3) uint8 BGR of `size` (width, height)."""
    return np.full((size[1], size[0], 3), PAPER, np.uint8)
