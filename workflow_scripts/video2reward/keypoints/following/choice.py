"""Which of several subjects is meant: the one that moves most and most evenly, unless something else is said."""

from __future__ import annotations

import numpy as np

from video2reward.similarity.period import estimate_period

MOVES_MOST = "the one that moves most; subject.box chooses another"


def choose(found: np.ndarray, fps: float, given: str) -> tuple[int, str]:
    """Return which of candidates (N, T, J, 3), and why: `given` in words, or as in `most_moving`."""
    if given:
        return 0, given
    seen = np.flatnonzero((found[..., 2] > 0).any((1, 2)))
    if len(seen) < 2:
        return int(seen[0]) if len(seen) else 0, "the only one found that moves"
    best = int(seen[most_moving(found[seen], fps)])
    return best, f"1 of {len(seen)}, {MOVES_MOST}"


def most_moving(k: np.ndarray, fps: float) -> int:
    """Return which of subjects (N, T, J, 3) moves most and most periodically.

    Movement is the spread of its joints over time, px, times the share of frames that show it; it counts by half
    where nothing repeats in how the joints move about their middle.
    """
    return int(np.argmax([_movement(one) * (0.5 + 0.5 * _periodicity(one, fps)) for one in k]))


def _periodicity(one: np.ndarray, fps: float) -> float:
    """Return the autocorrelation at the period of joints (T, J, 3) about their middle, 0 if there is none."""
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
    """Return the spread of joints over time, px, robust against single misses, times the share of frames seen."""
    seen = one[..., 2] > 0
    enough = seen.sum(0) >= 3
    if not enough.any():
        return 0.0
    xy = np.where(seen[..., None], one[..., :2], np.nan)[:, enough]
    low, high = np.nanpercentile(xy, [10, 90], axis=0)
    return float(np.linalg.norm(high - low, axis=-1).mean() * seen.any(1).mean())
