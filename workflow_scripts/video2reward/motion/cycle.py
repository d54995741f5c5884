"""The mean cycle of a periodic motion, also with missing samples."""

from __future__ import annotations

import numpy as np

# A cycle is a Fourier series with this many harmonics of the stride, fewer if there are few samples. The
# penalty on its squared second derivative matters only at phases without samples, which it bridges smoothly.
HARMONICS, _SAMPLES_EACH = 10, 6
_STIFFNESS = 1e-6
# Weight of a sample of the other side's twin joint, relative to the joint's own.
_TWIN = 0.05
# Cutoff of Tukey's biweight in standard deviations (4.685 loses 5 % efficiency on normal errors), and the minimum
# standard deviation as a fraction of the joint's own excursion.
_TUKEY, _LEAST_SPREAD = 4.685, 0.02
_ROUNDS = 10


def fit_cycle(
    points: np.ndarray, phase: np.ndarray, samples: int, twins: np.ndarray | None = None
) -> np.ndarray:
    """Fit the mean cycle over all strides as a robust Fourier series of the phase.

    points: (T, J, 2), NaN where unseen; phase: (T,) cycles
    twins: (2, J) for each joint the column of the other side's joint and its lead in cycles; NaN without one.
        Twins have a low weight: they fill phases in which the joint was never seen.

    Returns (samples, J, 2), uniform in phase from 0; NaN for a joint unseen on both sides.
    """
    grid = np.arange(samples) / samples
    cycle = np.full((samples, *points.shape[1:]), np.nan)
    for joint in range(points.shape[1]):
        seen = np.isfinite(points[:, joint, 0])
        values, at, weights = points[seen, joint], phase[seen], np.ones(seen.sum())
        if twins is not None and np.isfinite(twins[:, joint]).all():
            twin, ahead = int(twins[0, joint]), twins[1, joint]
            there = np.isfinite(points[:, twin, 0])
            values = np.concatenate([values, points[there, twin]])
            at = np.concatenate([at, phase[there] + ahead])
            weights = np.concatenate([weights, np.full(there.sum(), _TWIN)])
        harmonics = min(HARMONICS, len(at) // _SAMPLES_EACH)
        if harmonics:
            cycle[:, joint] = _basis(grid, harmonics) @ _robust(values, at, weights, harmonics)
    return cycle


def _robust(values: np.ndarray, phase: np.ndarray, weights: np.ndarray, harmonics: int) -> np.ndarray:
    """Fit by iteratively reweighted least squares; returns coefficients (1 + 2 harmonics, 2)."""
    basis = _basis(phase, harmonics)
    floor = _LEAST_SPREAD * float(np.sqrt(values.var(axis=0).sum()))
    own, trust = weights == weights.max(), np.ones(len(phase))
    for round_ in range(_ROUNDS):
        found = _solve(basis, values, weights * trust)
        miss = np.linalg.norm(basis @ found - values, axis=-1)
        # The median of the length of a 2-D normal error is 1.18 standard deviations.
        spread = max(float(np.median(miss[own])) / 1.18, floor, 1e-12)
        far = miss[own] / spread
        # L1 weights first: they need no good starting point.
        tukey = np.square(np.clip(1 - np.square(far / _TUKEY), 0, 1))
        trust[own] = 1 / np.maximum(far, 1) if round_ < _ROUNDS // 2 else tukey
    return found


def _solve(basis: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    order = np.repeat(np.arange(1, basis.shape[1] // 2 + 1), 2)
    penalty = np.diag(np.concatenate([[1e-9], len(basis) * _STIFFNESS * order.astype(float) ** 4]))
    weighted = basis.T * weights
    result: np.ndarray = np.linalg.solve(weighted @ basis + penalty, weighted @ values)
    return result


def _basis(phase: np.ndarray, harmonics: int) -> np.ndarray:
    angle = 2 * np.pi * phase[:, None] * np.arange(1, harmonics + 1)
    waves = np.stack([np.cos(angle), np.sin(angle)], axis=-1).reshape(len(phase), -1)
    return np.concatenate([np.ones((len(phase), 1)), waves], axis=1)


def track_phase(channels: np.ndarray, times: np.ndarray, period_s: float) -> np.ndarray:
    """Return the phase (T,), cycles, of channels (T, C) with strides that vary slightly about `period_s`.

    Complex demodulation (Bloomfield 1976): the channels' first harmonic in a window of one period about each
    frame (the nearest full window at the ends) gives the lead over a constant frequency.
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
