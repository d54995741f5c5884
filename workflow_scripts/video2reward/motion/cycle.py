"""The mean cycle of a periodic movement, from whatever phases were seen."""

from __future__ import annotations

import numpy as np

# Harmonics of the stride that a cycle is made of, and the penalty on the square of their second derivative:
# it matters only where a joint was unseen, and bridges such phases smoothly.
HARMONICS = 10
_STIFFNESS = 1e-6


def fit_cycle(points: np.ndarray, phase: np.ndarray, samples: int) -> np.ndarray:
    """Average over all strides by a Fourier series of the phase.

    points: (T, J, 2), NaN where unseen; phase: (T,) cycles -> (samples, J, 2), uniform in phase from 0; NaN
    for a joint that was seen in too few frames
    """
    grid = np.arange(samples) / samples
    cycle = np.full((samples, *points.shape[1:]), np.nan)
    for joint in range(points.shape[1]):
        seen = np.isfinite(points[:, joint, 0])
        if seen.sum() > 4:
            harmonics = int(min(HARMONICS, (seen.sum() - 1) // 2))
            cycle[:, joint] = _fit(points[seen, joint], phase[seen], grid, harmonics)
    return cycle


def _fit(values: np.ndarray, phase: np.ndarray, grid: np.ndarray, harmonics: int) -> np.ndarray:
    basis = _basis(phase, harmonics)
    order = np.repeat(np.arange(1, harmonics + 1), 2)
    penalty = np.diag(np.concatenate([[0.0], len(phase) * _STIFFNESS * order.astype(float) ** 4]))
    weights = np.linalg.solve(basis.T @ basis + penalty, basis.T @ values)
    result: np.ndarray = _basis(grid, harmonics) @ weights
    return result


def _basis(phase: np.ndarray, harmonics: int) -> np.ndarray:
    angle = 2 * np.pi * phase[:, None] * np.arange(1, harmonics + 1)
    waves = np.stack([np.cos(angle), np.sin(angle)], axis=-1).reshape(len(phase), -1)
    return np.concatenate([np.ones((len(phase), 1)), waves], axis=1)


def track_phase(channels: np.ndarray, times: np.ndarray, period_s: float) -> np.ndarray:
    """Return the phase (T,) in cycles of channels (T, C) whose strides vary a little about `period_s`.

    The channels' first harmonic in a window of one period about each frame (of the nearest full window at
    the ends) says how far the movement is ahead of a steady clock (complex demodulation, Bloomfield 1976).
    """
    steady = (times - times[0]) / period_s
    if steady[-1] <= 1.5:
        return steady
    carrier = np.exp(-2j * np.pi * steady)[:, None] * (channels - channels.mean(axis=0))
    local = np.empty((len(times), channels.shape[1]), complex)
    for i, now in enumerate(steady):
        middle = np.clip(now, 0.5, steady[-1] - 0.5)
        window = np.abs(steady - middle) <= 0.5
        taper = 0.5 + 0.5 * np.cos(2 * np.pi * (steady[window] - middle))
        local[i] = (taper[:, None] * carrier[window]).sum(axis=0) / taper.sum()
    mean = local.mean(axis=0)
    ahead = np.unwrap(np.angle((local * mean.conj()).sum(axis=1))) / (2 * np.pi)
    return steady + ahead
