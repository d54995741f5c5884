"""The subject's speed from the trunk's path and from the feet in stance, with confidence intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from video2reward.motion.cycle import fit_cycle
from video2reward.motion.footfall import Footfall, ground_speed
from video2reward.motion.subject import FEET
from video2reward.motion.track import Track, ground_path, trunk_seen
from video2reward.skeletons import Skeleton

# Number of jackknife groups of strides; coverage of the interval.
_GROUPS, SURE = 10, 0.9
# Relative model errors of both speeds, in addition to the variation between strides; from docs/accuracy.md.
_PATH_MODEL, _FEET_MODEL = 0.01, 0.05
# Samples of the mean cycle.
_FINE = 256


@dataclass(frozen=True)
class Speed:
    """value, error: trunk lengths/s; error: half width of the 90 % interval, NaN with a single stride."""

    value: float
    error: float = float("nan")


def path_speed(
    track: Track,
    times: np.ndarray,
    background: np.ndarray | None,
    kind: Skeleton,
    phase: np.ndarray | None = None,
) -> Speed:
    """Return the trunk's mean speed to the right, in the picture or relative to the background, while it was seen.

    phase: (T,) cycles, separates the strides
    """
    seen, path = trunk_seen(track, kind), ground_path(track, background)[:, 0]

    def fit(kept: np.ndarray) -> float:
        there = seen & kept
        return float(np.polyfit(times[there], path[there], 1)[0]) if there.sum() > 1 else float("nan")

    value = fit(np.ones(len(times), bool))
    error = float("nan") if phase is None else _error(fit, phase)
    return Speed(value, float(np.hypot(error, _PATH_MODEL * value)))


def feet_speed(
    track: Track, phase: np.ndarray, period_s: float, forward: float, fall: Footfall, kind: Skeleton
) -> Speed:
    """Return the backward speed of feet in stance relative to the trunk; forward: 1 right, -1 left."""
    feet = [kind.index(foot) for foot in kind.feet]
    places = np.where(track.seen[:, feet, None], track.body[:, feet] * [forward, 1.0], np.nan)
    begin, end = _FINE * fall.touchdown, _FINE * (fall.touchdown + fall.duty)
    bounds = {int(k): (float(begin[k]), float(end[k])) for k in np.flatnonzero(np.isfinite(end))}

    def fit(kept: np.ndarray) -> float:
        cycle = fit_cycle(places[kept], phase[kept], _FINE)
        return ground_speed(cycle, bounds, period_s, FEET[kind.name].roll)

    return Speed(fall.speed, float(np.hypot(_error(fit, phase), _FEET_MODEL * fall.speed)))


def error_of(speed: float, travel: Speed, feet: Speed) -> float:
    """Return the error of a speed that is the trunk's, the feet's or their mean."""
    if speed in (travel.value, feet.value):
        return (travel if speed == travel.value else feet).error
    return max(0.5 * abs(travel.value - feet.value), 0.5 * float(np.hypot(travel.error, feet.error)))


def _error(fit: Callable[[np.ndarray], float], phase: np.ndarray) -> float:
    """Return the half width of a fit's interval by a grouped jackknife over strides (Efron & Tibshirani 1993).

    fit: function of the frames kept, (T,) bool
    """
    from scipy.special import stdtrit

    stride = np.floor(phase - phase[0] + 1e-9).astype(int)
    count = min(_GROUPS, stride[-1] + 1)
    if phase[-1] - phase[0] < 2:
        return float("nan")
    group = stride * count // (stride[-1] + 1)
    without = np.array([fit(group != k) for k in range(count)])
    deviation = np.sqrt((count - 1) / count * np.square(without - without.mean()).sum())
    return float(deviation * stdtrit(count - 1, 0.5 + 0.5 * SURE))
