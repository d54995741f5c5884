"""Keypoint trajectories as text: one line per joint, in the paper's form (Zeng et al. 2024, figure 2)."""

from __future__ import annotations

import numpy as np

MIN_SAMPLES = 10
STILL = 0.005
"""A joint with a smaller peak-to-peak motion, body lengths, is written as one position."""


def resampled(cycle: np.ndarray, samples: int = 20) -> np.ndarray:
    """Resample a closed cycle (P, J, 2) at evenly spaced phases from 0 -> (samples, J, 2).

    Values are rounded to the three decimals that the text shows.
    """
    if samples < MIN_SAMPLES:
        raise ValueError(f"{samples} samples per cycle are too few for a gait; at least {MIN_SAMPLES}")
    points = len(cycle)
    position = np.arange(samples) * points / samples
    low = position.astype(int)
    part = (position - low)[:, None, None]
    sampled = cycle[low] * (1 - part) + cycle[(low + 1) % points] * part
    return np.asarray(np.round(sampled, 3) + 0.0)  # + 0.0: no "-0.000"


def keypoint_lines(names: tuple[str, ...], sampled: np.ndarray) -> str:
    """Return `Name: [x, y], [x, y], ...` for each joint of (samples, J, 2), three decimals."""
    return "\n".join(f"{name}: {_pairs(sampled[:, joint])}" for joint, name in enumerate(names))


def trunk_line(trunk: np.ndarray, samples: int) -> str:
    """Return `[x, y], [x, y], ...` of a single motion's trunk (P, 2) at the samples' phases, three decimals."""
    at = np.arange(samples) * len(trunk) / samples
    way = np.column_stack([np.interp(at, np.arange(len(trunk)), trunk[:, axis]) for axis in (0, 1)])
    return _pairs(way)


def _pairs(track: np.ndarray) -> str:
    still = bool(np.ptp(track, axis=0).max() < STILL)
    shown = track.mean(0, keepdims=True) if still else track
    pairs = ", ".join(f"[{x:.3f}, {y:.3f}]" for x, y in np.round(shown, 3) + 0.0)
    return f"{pairs} throughout" if still else pairs
