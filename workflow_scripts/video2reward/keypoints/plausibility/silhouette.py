"""Agreement of the detected skeleton with the moving silhouette."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.keypoints.following.moving import FEWEST, WIDTH, moving_patches, read_reduced, shifts
from video2reward.skeletons import skeleton

SAMPLES, EVERY_S = 24, 0.1  # number of sampled pictures, and their minimum distance in s


REACH = 0.15  # of the body's size: how far a silhouette extends beyond its bones


TRAVEL = 0.8  # of the body's width: a subject that moves less is part of the median background


@dataclass(frozen=True)
class Cover:
    """Number of pictures judged, and medians over them; NaN if unknown.

    on: fraction of the skeleton's length on moving pixels; covered: fraction of the moving patch under the
    skeleton that is near it
    """

    pictures: int
    on: float
    covered: float


UNTOLD = Cover(0, float("nan"), float("nan"))


def cover(frames: Frames, k: Keypoints, sure: np.ndarray) -> Cover:
    """Return the overlap of skeleton and moving pixels; `sure`: bool (T, J), confident joints.

    The camera may be static or pan: the background is aligned, and pixels that differ from its median are moving.
    The result is unknown for a subject that stays in place or a background that cannot be tracked.
    """
    chosen = _samples(frames, sure)
    if len(chosen) < FEWEST:
        return UNTOLD
    scale = WIDTH / frames.size[0]
    grey = [read_reduced(frames, int(i)) for i in chosen]
    shift = shifts(grey, k.boxes[chosen] * scale)
    joints = [np.where(sure[i, :, None], k.keypoints[i, :, :2] * scale, np.nan) for i in chosen]
    if shift is None or not _travels(joints, shift):
        return UNTOLD
    bones = [(k.joint_names.index(a), k.joint_names.index(b)) for a, b in skeleton(k.skeleton).bones]
    found = [
        _judge(moving, at, bones)
        for moving, at in zip(moving_patches(grey, shift), joints, strict=True)
        if moving is not None
    ]
    told = np.array([one for one in found if one is not None])
    if len(told) < FEWEST:
        return UNTOLD
    return Cover(len(told), *(float(v) for v in np.median(told, axis=0)))


def _samples(frames: Frames, sure: np.ndarray) -> np.ndarray:
    """Return evenly spaced frame numbers from the part of the clip with the most visible joints."""
    step = max(1, round(EVERY_S * frames.fps))
    seen = sure.sum(1).astype(float)
    span = min(len(seen), SAMPLES * step)
    total = np.convolve(seen, np.ones(span), "valid")
    first = int(total.argmax())
    chosen = np.arange(first, first + span, step)
    return chosen[seen[chosen] >= sure.shape[1] / 4]


def _travels(joints: list[np.ndarray], shift: np.ndarray) -> bool:
    """Tell whether the skeleton moves far enough relative to the background."""
    centres = np.array([np.nanmean(at, axis=0) for at in joints]) - shift
    width = float(np.median([np.nanmax(at[:, 0]) - np.nanmin(at[:, 0]) for at in joints]))
    return bool(np.ptp(centres, axis=0).max() > TRAVEL * width)


def _judge(patches: np.ndarray, at: np.ndarray, bones: list[tuple[int, int]]) -> tuple[float, float] | None:
    """Return the figures `on` and `covered` of one picture, see `Cover`; at: joints (J, 2) px."""
    drawn = [(at[a], at[b]) for a, b in bones if np.isfinite(at[[a, b]]).all()]
    if not patches.any() or len(drawn) < 3:
        return None
    size = float(np.linalg.norm(np.nanmax(at, axis=0) - np.nanmin(at, axis=0)))
    lines = np.zeros(patches.shape, np.uint8)
    for a, b in drawn:
        ends = np.rint([a, b]).astype(int).tolist()
        cv2.line(lines, ends[0], ends[1], 255, 1)
    hull = cv2.convexHull(np.rint(at[np.isfinite(at).all(1)]).astype(np.int32))
    length = max(int((lines > 0).sum()), 1)
    grown = cv2.dilate((patches > 0).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    on = float(((lines > 0) & grown).sum()) / length
    inside = cv2.fillConvexPoly(np.zeros(patches.shape, np.uint8), hull, 1) > 0
    counts = np.bincount(patches[inside], minlength=2)
    counts[0] = 0
    if not counts.any():
        return on, 0.0
    thing = patches == int(counts.argmax())
    away = cv2.distanceTransform(255 - lines, cv2.DIST_L2, 3)
    return on, float((away[thing] <= REACH * size).mean())
