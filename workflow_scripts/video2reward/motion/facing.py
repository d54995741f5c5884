"""The direction the subject faces in each frame, for clips in which its path gives no direction."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from video2reward.skeletons import Skeleton

# Offsets, trunk lengths, at which a cue counts fully: nose ahead of the ears, and knee ahead of the line from hip to
# ankle, of a walking person.
_FACE, _KNEE = 0.15, 0.05
# Window of the running median, s: longer than the time knees are straight in a step.
_WINDOW_S = 0.6


def facing(points: np.ndarray, times: np.ndarray, trunk: float, kind: Skeleton) -> np.ndarray:
    """Return the facing direction (T,): -1 left to 1 right in the picture, 0 if unknown.

    points: (T, J, 2) px, x right, NaN where unseen; times: (T,) s; trunk: its length, px

    A quadruped faces where its trunk points. A person's direction averages the nose and the bend of the knees,
    so that a glance backwards has no effect.
    """
    signs = list(_person(points / trunk, kind) if kind.name == "coco17" else _animal(points / trunk, kind))
    votes = np.nan_to_num(np.clip(signs, -1.0, 1.0)).mean(axis=0)
    half = max(1, round(0.5 * _WINDOW_S * (len(times) - 1) / (times[-1] - times[0])))
    return running_median(votes, half)


def running_median(values: np.ndarray, half: int) -> np.ndarray:
    """Return the running median over `half` samples on either side along axis 0, fewer at the ends; ignores NaN."""
    padded = np.pad(values, [(half, half), *[(0, 0)] * (values.ndim - 1)], constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1, axis=0)
    blank = np.isnan(windows).all(axis=-1)
    median: np.ndarray = np.nanmedian(np.where(blank[..., None], 0.0, windows), axis=-1)
    return np.where(blank, np.nan, median)


def mean_of_seen(values: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return the mean along an axis, ignoring NaN; NaN if all are NaN."""
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
