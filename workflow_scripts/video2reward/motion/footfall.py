"""When each foot is on the ground and how fast the ground goes by, from the mean cycle alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# A foot stands while it moves over the ground slower than this part of the speed of travel.
_SLOW = 0.4
# Feet start and end their swing softly, so stance by that threshold is too long. The velocity over the
# ground is followed to _FAST times the speed and extrapolated back to zero as a power of the phase: 1.5,
# between a jump in acceleration (1, as real feet nearly have) and a smooth onset (2).
_FAST, _ONSET = 1.0, 1.5
# A foot may pass the threshold for this part of the stride without having left the ground.
_BRIEF = 0.06
# Stance is eroded by this part of the stride at either end before the speed is averaged over it.
_EDGE = 0.05


@dataclass(frozen=True)
class Footfall:
    """Phases in cycles of the cycle given; NaN for a foot that was not seen.

    speed: body lengths/s; touchdown, duty: (L,), duty as part of the cycle; stance: (P, L) bool
    """

    speed: float
    touchdown: np.ndarray
    duty: np.ndarray
    stance: np.ndarray


def find_footfall(feet: np.ndarray, period_s: float) -> Footfall:
    """Find stance in the feet's mean cycle (P, L, 2), body lengths about the trunk, x forward.

    A foot that stands goes backward past the trunk at the speed of travel. The median of all backward
    velocities is a first guess of it, the mean over the stances found with it the next one.
    """
    velocity = forward_velocity(feet[..., 0], period_s)
    seen = np.isfinite(velocity).all(axis=0)
    backward = -velocity[:, seen]
    speed = float(np.median(backward[backward > 0])) if (backward > 0).any() else float("nan")
    for _ in range(8):
        stance = _stance(velocity, speed)
        inner = stance & _shifted_everywhere(stance, round(_EDGE * len(feet)))
        if not inner.any():
            break
        speed = float(-velocity[inner].mean())
    edges = [
        _edges(velocity[:, limb] / speed + 1, run) if seen[limb] and run.any() else (np.nan, np.nan)
        for limb, run in enumerate(_stance(velocity, speed).T)
    ]
    touchdown, liftoff = np.array(edges).T
    phase = np.arange(len(feet))[:, None] / len(feet)
    stance = np.mod(phase - touchdown, 1) < liftoff - touchdown
    return Footfall(speed, np.mod(touchdown, 1), liftoff - touchdown, stance)


def forward_velocity(x: np.ndarray, period_s: float) -> np.ndarray:
    """Return the time derivative of a closed cycle (P, ...), its unit/s."""
    return (np.roll(x, -1, axis=0) - np.roll(x, 1, axis=0)) * len(x) / (2 * period_s)


def _stance(velocity: np.ndarray, speed: float) -> np.ndarray:
    """Return (P, L): the longest stretch of each foot's cycle in which it hardly moves over the ground."""
    slow = np.abs(velocity + speed) < _SLOW * speed
    gap = max(1, round(_BRIEF * len(velocity)))
    return np.stack([_longest_run(_close(column, gap)) for column in slow.T], axis=1)


def _close(flags: np.ndarray, gap: int) -> np.ndarray:
    """Set gaps of at most `gap` samples in a closed row of flags (P,)."""
    grown, half = flags.copy(), (gap + 1) // 2
    for shift in range(-half, half + 1):
        grown |= np.roll(flags, shift)
    return _shifted_everywhere(grown, half)


def _shifted_everywhere(flags: np.ndarray, half: int) -> np.ndarray:
    """Keep flags (P, ...) that are set for `half` samples on either side too."""
    kept = flags.copy()
    for shift in range(-half, half + 1):
        kept &= np.roll(flags, shift, axis=0)
    return kept


def _longest_run(flags: np.ndarray) -> np.ndarray:
    """Keep the longest run of a closed row of flags (P,)."""
    kept = np.zeros_like(flags)
    if flags.all():
        return ~kept
    best = 0
    for start in np.flatnonzero(flags & ~np.roll(flags, 1)):
        run = np.roll(flags, -start)
        length = int(np.argmin(run))
        if length > best:
            best = length
            kept[:] = False
            kept[(start + np.arange(length)) % len(flags)] = True
    return kept


def _edges(slip: np.ndarray, run: np.ndarray) -> tuple[float, float]:
    """Return the phases at which stance begins and ends, the second not before the first.

    slip: (P,) velocity over the ground in units of the speed of travel; run: (P,) bool, the stance so far
    """
    count, length = len(run), int(run.sum())
    first = int(np.flatnonzero(run & ~np.roll(run, 1))[0]) if length < count else 0
    middle = first + length // 2
    begin = middle - _onset(np.roll(slip, -middle - 1)[::-1], length)
    end = middle + _onset(np.roll(slip, -middle), length)
    return begin / count, max(begin, end) / count


def _onset(slip: np.ndarray, length: int) -> float:
    """Return the index at which a closed row's slip starts to grow; stance ends about length / 2 from 0."""
    slow = _crossing(slip, length // 4, _SLOW)
    fast = _crossing(slip, int(slow), _FAST)
    low, high = _SLOW ** (1 / _ONSET), _FAST ** (1 / _ONSET)
    back = low / (high - low) * (fast - slow)
    return slow - back if np.isfinite(back) else slow


def _crossing(row: np.ndarray, start: int, level: float) -> float:
    """Return the place, between samples, at which `row` rises through `level` after `start`, NaN if never."""
    above = np.flatnonzero((row[start + 1 :] >= level) & (row[start:-1] < level))
    if not len(above):
        return float("nan")
    i = start + int(above[0])
    return i + (level - row[i]) / (row[i + 1] - row[i])
