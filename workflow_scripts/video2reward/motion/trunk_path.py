"""The trunk's way through a single motion, scaled to a robot: how high, how far and for how long it flies.

In free fall a time t and a height h go together as h = g t^2 / 2. Times grow with the square root of the leg-length ratio
(equal Froude numbers), so heights and distances must grow with the ratio itself: what carries over is rise / leg length.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.geometry import trunk_ends
from video2reward.skeletons import skeleton

GRAVITY = 9.81
# A jump for training without a clip, in leg lengths and in square roots of leg length / gravity: deep crouch, flight upwards,
# deep landing; the ends of crouch, push, flight, landing, and the whole with the rest.
_DIP, _RISE = 0.18, 0.25
_CROUCHED, _OFF = 1.15, 1.85
_SETTLING, _REST = 1.5, 2.5


@dataclass(frozen=True)
class TrunkPath:
    """trunk: (P, 2), lean: (P,), flight: (2,), as in `Reference`."""

    trunk: np.ndarray
    lean: np.ndarray
    flight: np.ndarray


def trunk_path(motion: Motion, leg_length_m: float, body_length_m: float) -> TrunkPath:
    """Return the trunk's way through a single motion on a robot with this leg and trunk length, m.

    After the motion, the trunk stays where it landed and goes back to its first height and lean while the legs go back.
    """
    first = int(np.flatnonzero(motion.phase > 0)[0]) - 1
    lasts = motion.gait_figures["duration_s"]
    at = np.arange(len(motion.cycle)) / len(motion.cycle) * motion.period_s
    since = motion.times - motion.times[first]
    rows = np.column_stack([motion.trunk, trunk_lean(motion)])
    moved = rows - rows[first]
    played = np.column_stack([np.interp(np.minimum(at, lasts), since, row) for row in moved.T])
    back = np.clip((at - lasts) / (motion.period_s - lasts), 0.0, 1.0)
    kept = 1 - back**3 * (10 - 15 * back + 6 * back**2)
    played[:, 1:] *= kept[:, None]
    scale = leg_length_m / motion.leg_length / body_length_m
    return TrunkPath(played[:, :2] * scale, played[:, 2], _flight(motion))


def trunk_lean(motion: Motion) -> np.ndarray:
    """Return the trunk's angle, degrees forward, in each frame of a clip (T,), from an arbitrary zero."""
    seen = np.isfinite(motion.body).all(axis=(0, 2))
    names = [name for name, known in zip(motion.joint_names, seen, strict=True) if known]
    front, back = trunk_ends(motion.body[:, seen], names, skeleton(motion.skeleton))
    up, ahead = (front - back)[:, 1], (front - back)[:, 0]
    return np.asarray(-np.degrees(np.unwrap(np.arctan2(up, ahead))))


def neutral_jump(reference: Reference, leg_length_m: float) -> Reference:
    """Return a standing reference with the trunk's way of a jump in place, for training without a clip.

    The rise is a quarter of the leg length, as in an easy hop of a dog or a person.
    """
    from scipy.interpolate import CubicHermiteSpline

    unit = float(np.sqrt(leg_length_m / GRAVITY))
    speed = float(np.sqrt(2 * _RISE))  # of take-off, in leg lengths per unit of time
    lands = _OFF + 2 * speed
    knots = (
        (0.0, 0.0, 0.0),
        (_CROUCHED, -_DIP, 0.0),
        (_OFF, 0.0, speed),
        (lands, 0.0, -speed),
        (lands + 0.5 * _SETTLING, -_DIP, 0.0),
        (lands + _SETTLING, 0.0, 0.0),
    )
    times, heights, speeds = np.array(knots).T
    period = times[-1] + _REST
    at = np.arange(64) / 64 * period
    since = at - _OFF
    up = np.where(
        (since > 0) & (at < lands),
        speed * since - since**2 / 2,
        CubicHermiteSpline(times, heights, speeds)(np.minimum(at, times[-1])),
    )
    scale = leg_length_m / reference.body_length_m
    return replace(
        reference,
        kind="single",
        period_s=period * unit,
        speed=0.0,
        trunk=np.column_stack([np.zeros(64), up * scale]),
        lean=np.zeros(64),
        flight=np.array([_OFF, lands]) / period,
    )


def _flight(motion: Motion) -> np.ndarray:
    """Return the phases of take-off and landing, NaN for a motion without a flight."""
    landed = float(np.min(motion.touchdown))
    if motion.gait == "movement" or not np.isfinite(landed):
        return np.full(2, np.nan)
    return np.array([landed - motion.gait_figures["flight_s"] / motion.period_s, landed])
