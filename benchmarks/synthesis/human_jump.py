"""The person of the clips in a jump between two rests: crouch, arm swing, flight, landing on bent legs, rise."""

from __future__ import annotations

import numpy as np

from synthesis.figure import Figure
from synthesis.footfall import minimum_jerk
from synthesis.human import TRUNK, arm_points, dressed, foot_points, head_points, leg_points
from synthesis.jump import Jump
from synthesis.limbs import two_links
from synthesis.walking import ANKLE, BALL, SHANK, THIGH

# Angles at the jump's moments (crouch begins, deepest, take-off, touchdown, landing deepest, end), degrees: the trunk's lean
# forward; the sole's pitch, toes up positive; the upper arm from the vertical, forward positive; the elbow's flexion.
LEAN = (2.0, 38.0, 8.0, 12.0, 32.0, 2.0)
SOLE = (0.0, 0.0, -42.0, -28.0, 0.0, 0.0)
ARM = (4.0, -52.0, 105.0, 70.0, 25.0, 4.0)
ELBOW = (14.0, 12.0, 30.0, 32.0, 35.0, 14.0)
# The hips above the ground when standing, and how much the legs are drawn up in flight, m.
HIPS, TUCK = 0.922, 0.10
# The sole is flat again this long after touchdown, s.
_FLAT_S = 0.10


def human_jump(jump: Jump, times: np.ndarray) -> Figure:
    """Move the person through a jump at `times` (T,) s."""
    hip = jump.path(times) + 1j * HIPS
    flown = jump.flown(times)
    airborne = (flown > 0) & (flown < 1)
    pitch = _sole(jump, times)
    ankle = np.where(airborne, hip + _drawn_up(jump, flown), _planted(jump, times, pitch))
    points: dict[str, np.ndarray] = {}
    lean = np.exp(-1j * jump.through(LEAN, times))
    swing, bend = jump.through(ARM, times), jump.through(ELBOW, times)
    upper, _ = two_links(hip, ankle, THIGH, SHANK, forward=True)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        feet = foot_points(ankle, pitch, flown)
        leg_points(side, sign, {"hip": hip, "knee": hip + THIGH * upper, "ankle": ankle} | feet, points)
        arm_points(side, sign, hip + TRUNK["shoulder"] * lean, swing, bend, points)
    head_points(hip, lean, points)
    return dressed(times, points, {side: ~airborne for side in ("left", "right")})


def _sole(jump: Jump, times: np.ndarray) -> np.ndarray:
    """Return the sole's pitch (T,), rad: the heel lifts late in the push and is down soon after touchdown."""
    rolled = np.clip((times - jump.takes_off + 0.5 * jump.push) / (0.5 * jump.push), 0.0, 1.0)
    lowered = np.clip((times - jump.lands) / _FLAT_S, 0.0, 1.0)
    off, down = np.radians(SOLE[2]), np.radians(SOLE[3])
    flown = minimum_jerk(jump.flown(times))
    pitch: np.ndarray = np.where(
        times < jump.takes_off, off * rolled**2, (off + flown * (down - off)) * (1.0 - minimum_jerk(lowered))
    )
    return pitch


def _planted(jump: Jump, times: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    """Return the ankle over the standing foot, which rolls over its ball: (T,), complex."""
    print_at = np.where(times > jump.lands, jump.distance, 0.0)
    ankle: np.ndarray = print_at + BALL + (-BALL + 1j * ANKLE) * np.exp(1j * pitch) - 0.02
    return ankle


def _drawn_up(jump: Jump, flown: np.ndarray) -> np.ndarray:
    """Return the ankle from the hip in flight: from the take-off's place to the landing's, drawn up between: (T,)."""
    ends = np.array([jump.takes_off, jump.lands])
    hips = jump.path(ends) + 1j * HIPS
    placed = [
        _planted(jump, np.array([at]), np.radians([SOLE[2 + i]]))[0]
        for i, at in enumerate((ends[0], ends[1] + 1e-9))
    ]
    off, down = placed[0] - hips[0], placed[1] - hips[1]
    drawn: np.ndarray = off + minimum_jerk(flown) * (down - off) + 1j * TUCK * np.sin(np.pi * flown) ** 2
    return drawn
