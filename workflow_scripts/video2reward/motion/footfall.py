"""When each foot is on the ground and how fast the ground goes by, from the mean cycle alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Touchdown lies near the foot's most forward place about the trunk, lift-off near its rearmost (Zeni et al. 2008,
# Gait & Posture 27:710-714), where its velocity over the ground equals the speed of travel. Feet swing softly,
# so stance proper begins a little later: the velocity is followed down to _SLOW times the speed and extrapolated
# to zero as a power of the phase, 1.5, between a jump in acceleration (1, as real feet nearly have) and a smooth
# onset (2). Stance is never moved by more than _MOST of a cycle at either end.
_SLOW, _ONSET, _MOST = 0.4, 1.5, 0.12
# Part of stance over which the ground is seen to go by: all but its ends, but of a foot that rolls the part in which
# its joint rests, between foot flat and heel rise (the ankle in a walk 0.15 to 0.5 of stance, Winter 2009). A line
# through the foot's places there, not a percentile of its velocity, which noise raises.
_LEVEL, _RESTING = (0.15, 0.85), (0.15, 0.5)
_ROUNDS = 4


@dataclass(frozen=True)
class Footfall:
    """Phases in cycles of the cycle given; NaN for a foot that was not seen.

    speed: body lengths/s; touchdown, duty: (L,), duty as part of the cycle; stance: (P, L) bool
    """

    speed: float
    touchdown: np.ndarray
    duty: np.ndarray
    stance: np.ndarray


def find_footfall(feet: np.ndarray, period_s: float, roll: float = 0.0) -> Footfall:
    """Find stance in the feet's mean cycle (P, L, 2), body lengths about the trunk, x forward.

    roll: 0..1, where lift-off lies between the end of the joint's rest and its rearmost place

    A foot that stands goes backward past the trunk at the speed of travel.
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
    """Let the feet of an end differ by the lag between their whole trajectories and have one duty factor.

    feet: (P, L, 2), as given to `find_footfall`; pairs: columns of left and right. The first harmonic of a foot's way
    forward and back rests on every sample of it, a touchdown on a few: the mean of both touchdowns says when, the
    harmonics say how far apart. A limp, unequal duty factors of a pair, is not seen this way.
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
    """Return the speed at which standing feet go back past the trunk, body lengths/s, the median over feet.

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
    """Return where stance begins and ends, in samples, between the foot's foremost and rearmost place.

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
