"""Which way the subject faces, frame by frame: all there is to go by where its path through the picture says nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from video2reward.skeletons import Skeleton

# A sign is certain from this size on, trunk lengths: how far the nose is ahead of the ears, and the knee ahead of the
# line from hip to ankle, in a person walking.
_FACE, _KNEE = 0.15, 0.05
# Window of the running median, s: longer than the steps at which knees are straight.
_WINDOW_S = 0.6


def facing(points: np.ndarray, times: np.ndarray, trunk: float, kind: Skeleton) -> np.ndarray:
    """Return -1..1: whether the subject faces left or right of the picture, 0 where it cannot be told, (T,).

    points: (T, J, 2) px, x right, NaN where unseen; times: (T,) s; trunk: its length, px

    A quadruped faces where its trunk points; a person where the nose is and where the knees bend to, both in one
    vote, so that a glance backwards counts for nothing.
    """
    signs = list(_person(points / trunk, kind) if kind.name == "coco17" else _animal(points / trunk, kind))
    votes = np.nan_to_num(np.clip(signs, -1.0, 1.0)).mean(axis=0)
    half = max(1, round(0.5 * _WINDOW_S * (len(times) - 1) / (times[-1] - times[0])))
    return running_median(votes, half)


def running_median(values: np.ndarray, half: int) -> np.ndarray:
    """Return the median over `half` samples on either side along axis 0, fewer at the ends; NaN is left out."""
    padded = np.pad(values, [(half, half), *[(0, 0)] * (values.ndim - 1)], constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1, axis=0)
    blank = np.isnan(windows).all(axis=-1)
    median: np.ndarray = np.nanmedian(np.where(blank[..., None], 0.0, windows), axis=-1)
    return np.where(blank, np.nan, median)


def mean_of_seen(values: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return the mean along an axis of what was seen, NaN where nothing was."""
    seen = np.isfinite(values)
    mean: np.ndarray = np.where(seen, values, 0.0).sum(axis=axis) / np.maximum(seen.sum(axis=axis), 1)
    return np.where(seen.any(axis=axis), mean, np.nan)


def _animal(points: np.ndarray, kind: Skeleton) -> Iterator[np.ndarray]:
    front, back = (
        mean_of_seen(points[:, [kind.index(j) for j in end], 0]) for end in (kind.front, kind.back)
    )
    yield 2 * (front - back)


def _person(points: np.ndarray, kind: Skeleton) -> Iterator[np.ndarray]:
    ears = points[:, [kind.index("left_ear"), kind.index("right_ear")], 0]
    yield (points[:, kind.index("nose"), 0] - mean_of_seen(ears)) / _FACE
    ahead = []
    for limb in kind.limbs:
        hip, knee, foot = (points[:, kind.index(joint)] for joint in (limb.hip, limb.knee, limb.foot))
        height = np.where(foot[:, 1] == hip[:, 1], np.nan, foot[:, 1] - hip[:, 1])
        part = np.clip((knee[:, 1] - hip[:, 1]) / height, 0.0, 1.0)
        ahead.append(knee[:, 0] - hip[:, 0] - part * (foot - hip)[:, 0])
    yield mean_of_seen(np.stack(ahead, axis=-1)) / _KNEE
