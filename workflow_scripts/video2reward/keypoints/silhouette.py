"""What moves before the background, and whether the found skeleton sits on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.background.displacement import follow_background
from video2reward.keypoints.pictures import part_for, read_picture
from video2reward.skeletons import skeleton

WIDTH = 320  # px that pictures are reduced to
SAMPLES, EVERY_S = 24, 0.1  # pictures looked at, at least so far apart
DIFFERENCE = 25  # grey levels that are no noise
MOST = 0.4  # of the picture: more is no subject but a background that could not be followed
LEAST_PATCH = 0.002  # of the picture: less is noise
CLOSE = 9  # px of the reduced picture between parts of one subject
FEWEST = 5  # pictures that a background is made of, or that are judged
REACH = 0.15  # of the body's size: how far a silhouette reaches beyond its bones
TRAVEL = 0.8  # of the body's width: who moves less is in the background picture too


@dataclass(frozen=True)
class Cover:
    """On how many pictures it was judged, and medians over them.

    on: part of the skeleton's length that lies on what moves; covered: part of the moving thing it lies on that is
    near the skeleton. NaN where nothing can be told.
    """

    pictures: int
    on: float
    covered: float


UNTOLD = Cover(0, float("nan"), float("nan"))


def cover(frames: Frames, k: Keypoints, sure: np.ndarray) -> Cover:
    """Return how well the skeleton and what moves lie on each other; `sure`: bool (T, J), joints to go by.

    The camera may stand or pan: the background is followed, and what differs from its median moves. Nothing is
    told of a subject that stays in its place, or where no background can be followed.
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
    """Return frame numbers, about evenly spaced, in the part of the clip in which most is seen."""
    step = max(1, round(EVERY_S * frames.fps))
    seen = sure.sum(1).astype(float)
    span = min(len(seen), SAMPLES * step)
    total = np.convolve(seen, np.ones(span), "valid")
    first = int(total.argmax())
    chosen = np.arange(first, first + span, step)
    return chosen[seen[chosen] >= sure.shape[1] / 4]


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


def _travels(joints: list[np.ndarray], shift: np.ndarray) -> bool:
    """Tell whether the skeleton leaves its place before the background."""
    centres = np.array([np.nanmean(at, axis=0) for at in joints]) - shift
    width = float(np.median([np.nanmax(at[:, 0]) - np.nanmin(at[:, 0]) for at in joints]))
    return bool(np.ptp(centres, axis=0).max() > TRAVEL * width)


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


def _judge(patches: np.ndarray, at: np.ndarray, bones: list[tuple[int, int]]) -> tuple[float, float] | None:
    """Return which part of the skeleton (J, 2) px lies on what moves, and which part of that lies near it."""
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
