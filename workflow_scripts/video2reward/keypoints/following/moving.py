"""What moves before the background: patches of each picture that differ from the background's median."""

from __future__ import annotations

import cv2
import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.background.displacement import follow_background
from video2reward.keypoints.pictures import part_for, read_picture

WIDTH = 320  # px that pictures are reduced to


DIFFERENCE = 25  # grey levels that are no noise


MOST = 0.4  # of the picture: more is no subject but a background that could not be followed


LEAST_PATCH = 0.002  # of the picture: less is noise


CLOSE = 9  # px of the reduced picture between parts of one subject


FEWEST = 5  # pictures that a background is made of, or that are judged


def read_reduced(frames: Frames, index: int) -> np.ndarray:
    """Return frame `index` grey, (H, W) uint8, `WIDTH` px wide."""
    width, height = frames.size
    size = (WIDTH, max(1, round(height * WIDTH / width)))
    small = cv2.resize(
        read_picture(frames, index, part_for(width / WIDTH)), size, interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))


def shifts(grey: list[np.ndarray], boxes: np.ndarray | None = None) -> np.ndarray | None:
    """Return the background's displacement since the first picture, (N, 2) px, None if it cannot be followed.

    boxes: (N, 4) px of what is no background
    """
    found = follow_background(grey, boxes, 1)
    return None if found is None else found.shift


def moving_patches(
    grey: list[np.ndarray], shift: np.ndarray, least: float = LEAST_PATCH
) -> list[np.ndarray | None]:
    """Return what moves in each picture, patches numbered from 1 (H, W), None where a picture tells nothing.

    grey: pictures (H, W); shift: their background's displacement (N, 2) px; least: of the picture: less is noise
    """
    height, width = grey[0].shape
    extent = np.ceil(np.ptp(shift, axis=0)).astype(int) + 1
    size = (width + int(extent[0]), height + int(extent[1]))
    # A background that moves by `shift` lies still where each picture is moved back by it.
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
    """Return the patches of a mask that are no noise, numbered from 1, (H, W)."""
    opened = cv2.morphologyEx(different.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    joined = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((CLOSE, CLOSE), np.uint8))
    _, labels, patches, _ = cv2.connectedComponentsWithStats(joined)
    large = patches[:, 4] >= least * different.size
    large[0] = False
    return np.where(large[labels], labels, 0)
