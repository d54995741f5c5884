"""The period of a motion, by autocorrelation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# The period is the first peak of at least this fraction of the highest, which is often at a multiple.
_FIRST_PEAK = 0.85
# Mean square below which channels count as constant, in the channels' unit squared.
_STILL = 1e-12


@dataclass(frozen=True)
class Period:
    """seconds: the period, NaN without one; strength: autocorrelation at the period, 1 for an exact repeat."""

    seconds: float
    strength: float


NO_PERIOD = Period(float("nan"), 0.0)


def estimate_period(
    channels: np.ndarray,
    fps: float,
    min_s: float = 0.25,
    max_s: float = 1.6,
    seen: np.ndarray | None = None,
) -> Period:
    """Return the first strong peak of the channels' joint autocorrelation, with sub-sample resolution.

    channels: (T, ...) at `fps` samples per second, all in one unit; channels that move more weigh more
    min_s, max_s: range of the period, s; lags beyond two thirds of the record are not used, as too little overlaps
    seen: bool, same shape as the channels; unseen samples are left out
    """
    x = np.asarray(channels, float).reshape(len(channels), -1)
    correlation = autocorrelation(x) if seen is None else _of_seen(x, seen.reshape(x.shape))
    first = max(2, int(min_s * fps))
    last = min(int(max_s * fps) + 1, len(x) * 2 // 3)
    if correlation is None or last - first < 2:
        return NO_PERIOD
    lags = np.arange(first, last - 1)
    peaks = lags[(correlation[lags] >= correlation[lags - 1]) & (correlation[lags] > correlation[lags + 1])]
    if not len(peaks) or correlation[peaks].max() <= 0:
        return NO_PERIOD
    lag = int(peaks[correlation[peaks] >= _FIRST_PEAK * correlation[peaks].max()][0])
    offset, height = _vertex(*correlation[lag - 1 : lag + 2])
    return Period((lag + offset) / fps, min(1.0, height))


def autocorrelation(channels: np.ndarray) -> np.ndarray | None:
    """Return the autocorrelation of channels (T, C) at lags 0..T-1, None if they are constant.

    It is summed over channels and divided by the mean energy of the two overlapping parts, so that an exact
    repeat gives 1 at any lag.
    """
    x = channels - channels.mean(axis=0)
    count = len(x)
    if not np.isfinite(x).all() or (x**2).mean() < _STILL:
        return None
    spectrum = np.fft.rfft(x, n=2 * count, axis=0)
    product = np.fft.irfft(np.abs(spectrum) ** 2, n=2 * count, axis=0)[:count].sum(axis=1)
    energy = np.concatenate([[0.0], np.cumsum((x**2).sum(axis=1))])
    lags = np.arange(count)
    overlap = 0.5 * (energy[count - lags] + energy[count] - energy[lags])
    result: np.ndarray = product / np.maximum(overlap, _STILL)
    return result


def _of_seen(channels: np.ndarray, seen: np.ndarray) -> np.ndarray | None:
    """Return the autocorrelation over pairs of samples that were both seen, (T, C) each."""
    weight = seen.astype(float)
    mean = (channels * weight).sum(axis=0) / np.maximum(weight.sum(axis=0), 1.0)
    x = np.where(seen, channels - mean, 0.0)
    count = len(x)
    if not np.isfinite(x).all() or (x**2).mean() < _STILL:
        return None
    wave, square, there = (np.fft.rfft(part, n=2 * count, axis=0) for part in (x, x**2, weight))
    product = np.fft.irfft(np.abs(wave) ** 2, n=2 * count, axis=0)[:count].sum(axis=1)
    # For each lag, the energy of the samples whose partner was seen, for both partners.
    early = np.fft.irfft(square.conj() * there, n=2 * count, axis=0)[:count].sum(axis=1)
    late = np.fft.irfft(square * there.conj(), n=2 * count, axis=0)[:count].sum(axis=1)
    result: np.ndarray = product / np.maximum(0.5 * (early + late), _STILL * count)
    return result


def _vertex(before: float, peak: float, after: float) -> tuple[float, float]:
    """Return the offset, in samples, and the height of the parabola through a peak and its neighbours."""
    curvature = before - 2 * peak + after
    if abs(curvature) < _STILL:
        return 0.0, float(peak)
    offset = 0.5 * (before - after) / curvature
    return float(offset), float(peak - 0.25 * (before - after) * offset)
