"""What moves before a background that stands still: a first guess of who is meant."""

from __future__ import annotations

import cv2
import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.keypoints.pictures import read_picture

SAMPLES = 25  # frames that the background is made of
WIDTH = 320  # px that pictures are reduced to
DIFFERENCE = 25  # grey levels that are no noise
LEAST, MOST = 0.003, 0.5  # of the picture: less is noise, more is the camera moving
CLOSE = 9  # px of the reduced picture between parts of one subject


def moving_subject(frames: Frames) -> tuple[int, np.ndarray] | None:
    """Return a frame and the box (4,), px, of the largest thing that moves in it, None if nothing tells.

    The background is the median picture, so the camera must stand still. Chosen is the frame in which the
    moving thing is largest among those that show it whole, clear of the picture's rim.
    """
    indices = np.unique(np.linspace(0, len(frames.times) - 1, SAMPLES).round().astype(int))
    scale = WIDTH / frames.size[0]
    grey = np.stack([_reduced(read_picture(frames, int(i)), scale) for i in indices])
    background = np.median(grey, axis=0)
    best: tuple[bool, float, int, np.ndarray] | None = None
    for index, picture in zip(indices, grey, strict=True):
        found = _largest(np.abs(picture - background) > DIFFERENCE)
        if found is None:
            continue
        box, area = found
        height, width = picture.shape
        whole = bool((box[:2] > 1).all() and box[2] < width - 1 and box[3] < height - 1)
        if best is None or (whole, area) > best[:2]:
            best = (whole, area, int(index), box / scale)
    return None if best is None else (best[2], best[3])


def _reduced(picture: np.ndarray, scale: float) -> np.ndarray:
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32)


def _largest(moving: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Return box (4,) and area, px, of the largest patch of a mask (H, W), None if it is no subject."""
    if moving.mean() > MOST:
        return None
    joined = cv2.morphologyEx(moving.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((CLOSE, CLOSE), np.uint8))
    _, _, patches, _ = cv2.connectedComponentsWithStats(joined)
    if len(patches) < 2:
        return None
    x, y, width, height, area = patches[1 + int(patches[1:, 4].argmax())]
    if area < LEAST * moving.size:
        return None
    return np.array([x, y, x + width, y + height], float), float(area)
