"""Choosing one of several subjects: by default the one that moves most and most periodically."""

from __future__ import annotations

import numpy as np

from video2reward.similarity.period import estimate_period

MOVES_MOST = "the one that moves most; subject.box chooses another"


def choose(found: np.ndarray, fps: float, given: str) -> tuple[int, str]:
    """Return the index of the chosen candidate (N, T, J, 3) and the reason.

    given: reason for the first candidate; "" to choose by `most_moving`
    """
    if given:
        return 0, given
    seen = np.flatnonzero((found[..., 2] > 0).any((1, 2)))
    if len(seen) < 2:
        return int(seen[0]) if len(seen) else 0, "the only one found that moves"
    best = int(seen[most_moving(found[seen], fps)])
    return best, f"1 of {len(seen)}, {MOVES_MOST}"


def most_moving(k: np.ndarray, fps: float) -> int:
    """Return the index of the subject (N, T, J, 3) that moves most and most periodically.

    Movement is the spread of the joints over time, px, times the fraction of frames that show them. It is
    halved if the joints do not move periodically about their centroid.
    """
    return int(np.argmax([_movement(one) * (0.5 + 0.5 * _periodicity(one, fps)) for one in k]))


def _periodicity(one: np.ndarray, fps: float) -> float:
    """Return the autocorrelation at the period of joints (T, J, 3) about their centroid; 0 without a period."""
    seen = one[..., 2] > 0
    kept = seen.mean(0) > 0.5 * seen.any(1).mean()
    rows = np.flatnonzero(seen[:, kept].any(1)) if kept.any() else np.zeros(0, int)
    if len(rows) < 8:
        return 0.0
    part, there = one[rows[0] : rows[-1] + 1][:, kept], seen[rows[0] : rows[-1] + 1][:, kept]
    every = np.arange(len(part))
    xy = np.stack(
        [
            np.stack([np.interp(every, every[ok], joint[ok, axis]) for axis in range(2)], axis=-1)
            for joint, ok in zip(part.swapaxes(0, 1), there.T, strict=True)
        ],
        axis=1,
    )
    return max(0.0, estimate_period(xy - xy.mean(1, keepdims=True), fps).strength)


def _movement(one: np.ndarray) -> float:
    """Return the 10-90 % spread of the joints over time, px, times the fraction of frames seen."""
    seen = one[..., 2] > 0
    enough = seen.sum(0) >= 3
    if not enough.any():
        return 0.0
    xy = np.where(seen[..., None], one[..., :2], np.nan)[:, enough]
    low, high = np.nanpercentile(xy, [10, 90], axis=0)
    return float(np.linalg.norm(high - low, axis=-1).mean() * seen.any(1).mean())
