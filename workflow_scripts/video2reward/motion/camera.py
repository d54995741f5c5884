"""Does the camera move: the background's displacement from frame to frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from video2reward.artifacts.frames import Frames

# Least seconds between the frames compared, short, so that a quick pan moves points only a little, and the
# background points that a comparison needs.
_EVERY_S = 1 / 30
_LEAST_POINTS = 6
# Part of the comparisons that may fail, as where the subject hides what there is to follow.
_FAILURES = 0.25
# A camera moves if the background wanders by more than this part of the picture's width.
MOVING = 0.02
# Part of the subject box's size that is left out around it too.
_MARGIN = 0.1


def background_shift(frames: Frames, boxes: np.ndarray) -> np.ndarray | None:
    """Return the background's displacement since the first frame, (T, 2) px x right, y down.

    Corner points outside the subject's boxes (T, 4) are followed by optical flow (Lucas & Kanade 1981) from
    frame to frame; their median counts. None if the background shows too few points to follow,
    as drawn stick figures do.
    """
    import cv2

    step = max(1, round(_EVERY_S * frames.fps))
    indices = np.unique(np.append(np.arange(0, len(frames.times), step), len(frames.times) - 1))
    steps, before = [], None
    for index in indices:
        picture = cv2.imread(str(frames.picture(int(index))), cv2.IMREAD_GRAYSCALE)
        if picture is None:
            return None
        if before is not None:
            steps.append(_shift(cv2, before[0], picture, before[1], boxes[index]))
        before = (picture, boxes[index])
    known = np.array([step is not None for step in steps])
    if not known.any() or known.mean() < 1 - _FAILURES:
        return None
    lengths, every = np.diff(indices), np.arange(len(frames.times))
    rate = np.array([step for step in steps if step is not None]) / lengths[known, None]
    shift = np.zeros((len(every), 2))
    for axis in range(2):
        filled = np.interp(np.arange(len(steps)), np.flatnonzero(known), rate[:, axis])
        shift[:, axis] = np.interp(every, indices, np.concatenate([[0.0], np.cumsum(filled * lengths)]))
    return shift


def is_moving(shift: np.ndarray, width: float) -> bool:
    """Tell whether a background displacement (T, 2) px is more than unsteadiness."""
    return bool(np.ptp(shift, axis=0).max() > MOVING * width)


def _shift(
    cv2: Any, before: np.ndarray, after: np.ndarray, box_before: np.ndarray, box_after: np.ndarray
) -> np.ndarray | None:
    mask = np.full(before.shape, 255, np.uint8)
    for box in (box_before, box_after):
        x0, y0, x1, y1 = _widened(box, before.shape)
        mask[y0:y1, x0:x1] = 0
    points = cv2.goodFeaturesToTrack(before, 200, 0.01, 8, mask=mask)
    if points is None or len(points) < _LEAST_POINTS:
        return None
    moved, found, _ = cv2.calcOpticalFlowPyrLK(before, after, points, None, winSize=(31, 31), maxLevel=4)
    flow = (moved - points).reshape(-1, 2)[found.ravel() == 1]
    return np.median(flow, axis=0) if len(flow) >= _LEAST_POINTS else None


def _widened(box: np.ndarray, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    if not np.isfinite(box).all():
        return 0, 0, 0, 0
    x0, y0, x1, y1 = box
    dx, dy = _MARGIN * (x1 - x0), _MARGIN * (y1 - y0)
    low = max(0, int(x0 - dx)), max(0, int(y0 - dy))
    return low[0], low[1], min(shape[1], int(x1 + dx)), min(shape[0], int(y1 + dy))
