"""Motion segmentation: patches of each picture that differ from the median background."""

from __future__ import annotations

import cv2
import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.background.displacement import follow_background
from video2reward.keypoints.pictures import part_for, read_picture

WIDTH = 320  # px, width of the reduced pictures
DIFFERENCE = 25  # grey levels above noise
MOST = 0.4  # fraction of the picture; if more differs, the background was not aligned
LEAST_PATCH = 0.002  # minimum patch area, fraction of the picture; less is noise
CLOSE = 9  # px of the reduced picture, gap closed between parts of one subject
FEWEST = 5  # minimum number of pictures behind a background pixel


def read_reduced(frames: Frames, index: int) -> np.ndarray:
    """Return frame `index` in greyscale, (H, W) uint8, `WIDTH` px wide."""
    width, height = frames.size
    size = (WIDTH, max(1, round(height * WIDTH / width)))
    small = cv2.resize(
        read_picture(frames, index, part_for(width / WIDTH)), size, interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))


def shifts(grey: list[np.ndarray], boxes: np.ndarray | None = None) -> np.ndarray | None:
    """Return the background's displacement since the first picture, (N, 2) px; None if it cannot be tracked.

    boxes: (N, 4) px, regions that are not background
    """
    found = follow_background(grey, boxes, 1)
    return None if found is None else found.shift


def moving_patches(
    grey: list[np.ndarray], shift: np.ndarray, least: float = LEAST_PATCH
) -> list[np.ndarray | None]:
    """Return the moving patches of each picture as labels from 1, (H, W); None for a picture that fails.

    grey: pictures (H, W); shift: displacement of their background (N, 2) px
    least: minimum patch area, fraction of the picture
    """
    height, width = grey[0].shape
    extent = np.ceil(np.ptp(shift, axis=0)).astype(int) + 1
    size = (width + int(extent[0]), height + int(extent[1]))
    # Shifting each picture back by `shift` aligns the backgrounds.
    moves = [np.concatenate([np.eye(2), (shift.max(0) - by)[:, None]], axis=1) for by in shift]
    unseen = np.inf
    stack = np.stack(
        [
            cv2.warpAffine(picture.astype(np.float32), move, size, borderValue=unseen)
            for picture, move in zip(grey, moves, strict=True)
        ]
    )
    stack.sort(axis=0)
    count = np.isfinite(stack).sum(0)
    background = np.take_along_axis(stack, np.maximum(count - 1, 0)[None] // 2, axis=0)[0]
    background[count < FEWEST] = np.nan
    masks: list[np.ndarray | None] = []
    for picture, move in zip(grey, moves, strict=True):
        back = cv2.warpAffine(
            background, move, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        different = np.abs(picture - back) > DIFFERENCE
        masks.append(_patches(different, least) if different.mean() < MOST else None)
    return masks


def _patches(different: np.ndarray, least: float) -> np.ndarray:
    """Return the patches of a mask larger than noise, labelled from 1, (H, W)."""
    opened = cv2.morphologyEx(different.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    joined = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((CLOSE, CLOSE), np.uint8))
    _, labels, patches, _ = cv2.connectedComponentsWithStats(joined)
    large = patches[:, 4] >= least * different.size
    large[0] = False
    return np.where(large[labels], labels, 0)
