"""Stance phases of the feet and the speed of travel, from the mean cycle alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Touchdown is near the foot's foremost place about the trunk, lift-off near its rearmost (Zeni et al. 2008, Gait &
# Posture 27:710-714); at both, its velocity over the ground equals the speed of travel. As the swing is smooth, the
# foot comes to rest slightly later: its velocity is followed down to _SLOW times the speed and extrapolated to zero
# as a power of the phase, _ONSET, between a jump in acceleration (1, nearly that of real feet) and a smooth onset
# (2). Neither end of stance is moved by more than _MOST of a cycle.
_SLOW, _ONSET, _MOST = 0.4, 1.5, 0.12
# Part of stance used to measure the ground speed: all but its ends or, for a rolling foot, the part in which its joint
# rests, between foot flat and heel rise (the ankle in walking: 0.15 to 0.5 of stance, Winter 2009). The speed is the
# slope of a line fit; a percentile of the velocity would be biased by noise.
_LEVEL, _RESTING = (0.15, 0.85), (0.15, 0.5)
_ROUNDS = 4


@dataclass(frozen=True)
class Footfall:
    """Footfalls, in cycles; NaN for an unseen foot.

    speed: body lengths/s; touchdown, duty: (L,) phase and duty factor; stance: (P, L) bool
    """

    speed: float
    touchdown: np.ndarray
    duty: np.ndarray
    stance: np.ndarray


def find_footfall(feet: np.ndarray, period_s: float, roll: float = 0.0) -> Footfall:
    """Find stance in the feet's mean cycle (P, L, 2), body lengths about the trunk, x forward.

    roll: 0..1, position of lift-off between the end of the joint's rest and its rearmost place

    In stance, a foot moves backward relative to the trunk at the speed of travel.
    """
    count, limbs = feet.shape[:2]
    velocity = forward_velocity(feet[..., 0], period_s)
    seen = [int(k) for k in np.flatnonzero(np.isfinite(velocity).all(axis=0))]
    extremes = {k: (int(feet[:, k, 0].argmax()), int(feet[:, k, 0].argmin())) for k in seen}
    ends = {k: (first, first + (last - first) % count) for k, (first, last) in extremes.items()}
    bounds: dict[int, tuple[float, float]] = {k: (float(a), float(b)) for k, (a, b) in ends.items()}
    speed = float("nan")
    for _ in range(_ROUNDS):
        speed = ground_speed(feet, bounds, period_s, roll)
        bounds = {k: _stance(velocity[:, k] / speed + 1, *ends[k], roll) for k in seen}
    touchdown, duty = np.full(limbs, np.nan), np.full(limbs, np.nan)
    for k, (begin, end) in bounds.items():
        touchdown[k], duty[k] = begin / count % 1, (end - begin) / count
    stance = np.mod(np.arange(count)[:, None] / count - touchdown, 1) < duty
    return Footfall(speed, touchdown, duty, stance)


def steady_pairs(fall: Footfall, feet: np.ndarray, pairs: list[tuple[int, int]]) -> Footfall:
    """Give the feet of a pair one duty factor, and the lag between their whole trajectories.

    feet: (P, L, 2), as given to `find_footfall`; pairs: columns of left and right. A foot's first harmonic uses all
    samples, a touchdown only a few: the mean touchdown of the pair is kept, their lag comes from the first harmonics.
    A limp, that is unequal duty factors within a pair, is lost.
    """
    count, touchdown, duty = len(feet), fall.touchdown.copy(), fall.duty.copy()
    foremost = -np.angle(np.fft.fft(feet[..., 0], axis=0)[1]) / (2 * np.pi)
    for pair in pairs:
        both = list(pair)
        if np.isfinite(fall.touchdown[both]).all():
            after = fall.touchdown[both] - foremost[both]
            mean = after[0] + 0.5 * ((after[1] - after[0] + 0.5) % 1 - 0.5)
            touchdown[both] = (foremost[both] + mean) % 1
            duty[both] = fall.duty[both].mean()
    stance = np.mod(np.arange(count)[:, None] / count - touchdown, 1) < duty
    return Footfall(fall.speed, touchdown, duty, stance)


def forward_velocity(x: np.ndarray, period_s: float) -> np.ndarray:
    """Return the time derivative of a closed cycle (P, ...), its unit/s."""
    return (np.roll(x, -1, axis=0) - np.roll(x, 1, axis=0)) * len(x) / (2 * period_s)


def ground_speed(
    feet: np.ndarray, bounds: dict[int, tuple[float, float]], period_s: float, roll: float = 0.0
) -> float:
    """Return the backward speed of feet in stance relative to the trunk, body lengths/s, median over feet.

    feet: (P, L, 2) mean cycle; bounds: column -> stance, samples; roll: as in `find_footfall`
    """
    count, speeds = len(feet), []
    low, high = _RESTING if roll else _LEVEL
    for k, (begin, end) in bounds.items():
        inner = np.arange(np.ceil(begin + low * (end - begin)), begin + high * (end - begin) + 1)
        if len(inner) > 2:
            way = feet[inner.astype(int) % count, k, 0]
            speeds.append(-float(np.polyfit(inner, way, 1)[0]) * count / period_s)
    return float(np.median(speeds)) if speeds else float("nan")


def _stance(slip: np.ndarray, first: int, last: int, roll: float) -> tuple[float, float]:
    """Return begin and end of stance, in samples, between the foot's foremost and rearmost place.

    slip: (P,) velocity over the ground in units of the speed of travel, 1 at both places
    """
    begin = first + _soft_part(np.roll(slip, -first))
    end = last - (1 - roll) * _soft_part(np.roll(slip, -last - 1)[::-1])
    middle = 0.5 * (first + last)
    return min(begin, middle), max(end, middle)


def _soft_part(slip: np.ndarray) -> float:
    """Return the samples from an extreme place, at index 0, until the foot rests on the ground."""
    most = _MOST * len(slip)
    below = np.flatnonzero(slip[: int(most) + 2] < _SLOW)
    if not len(below):
        return most
    i = int(below[0])
    slow = i - (_SLOW - slip[i]) / max(slip[i - 1] - slip[i], 1e-9) if i else 0.0
    low = _SLOW ** (1 / _ONSET)
    return float(min(most, slow + low / (1 - low) * slow))
