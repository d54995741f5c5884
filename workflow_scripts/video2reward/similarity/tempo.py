"""The penalty for a wrong tempo, which time warping hides."""

from __future__ import annotations

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.similarity.period import Period, estimate_period

# Period ratios (either way) without a penalty and with the full one; a period needs an autocorrelation of `_REPEATS`.
_FREE, _LOST, _REPEATS = 1.05, 2.0, 0.5


def off_tempo(
    distances: np.ndarray, standing: np.ndarray, periods: list[Period], reference: Reference
) -> np.ndarray:
    """Move the agents' distances (A, J) towards standing's (J,) by the error of their period.

    Within two strides, the warping absorbs a tempo error of a sixth: at 0.85 of its tempo, the clip's own motion would
    still score like a good gait. periods: one per agent
    """
    part = np.array([_off(own, reference) for own in periods])[:, None]
    nearer = distances.mean(axis=1, keepdims=True) < standing.mean()
    return np.where(nearer, distances + part * (standing - distances), distances)


def _off(own: Period, reference: Reference) -> float:
    """Return the error of a period: 0 if right, 1 for half or double."""
    if not np.isfinite(own.seconds) or own.strength < _REPEATS:
        return 0.0
    beyond = abs(np.log(own.seconds / reference.period_s)) - np.log(_FREE)
    return float(np.clip(beyond / np.log(_LOST / _FREE), 0.0, 1.0))


def own_periods(body: np.ndarray, reference: Reference, dt: float) -> list[Period]:
    """Return the period of each agent's feet; body: (A, T, J, 2)."""
    feet = [reference.keypoint_names.index(foot) for foot in reference.foot_names]
    least, most = 0.25 * reference.period_s, 2.5 * reference.period_s
    return [estimate_period(agent[:, feet], 1 / dt, least, most) for agent in body]


def median_period(periods: list[Period]) -> Period:
    """Return the median of the periods that were found."""
    found = [period for period in periods if np.isfinite(period.seconds)]
    if not found:
        return Period(float("nan"), 0.0)
    return Period(
        float(np.median([period.seconds for period in found])),
        float(np.median([period.strength for period in found])),
    )
