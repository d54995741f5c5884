"""Human walking and running: joint-angle curves from published gait data, without foot sliding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesis.gaits import Gait

# Segment lengths as parts of the height of 1.75 m, Winter (2009, "Biomechanics and Motor Control of Human
# Movement", figure 4.1, after Drillis & Contini 1966).
HEIGHT = 1.75
THIGH, SHANK = 0.245 * HEIGHT, 0.246 * HEIGHT
UPPER_ARM, FOREARM = 0.186 * HEIGHT, 0.146 * HEIGHT
# The shoe: the ankle above the ground, heel and ball of the foot behind and ahead of it, m.
ANKLE, HEEL, BALL, TOE = 0.085, -0.055, 0.140, 0.200
# Part of the swing in which the foot takes up its published speed.
_SETTLE = 0.2

Knots = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Curves:
    """A stride's angles: knots of (percent of the stride from foot strike, degrees).

    thigh: from the vertical, forward positive; knee: flexion; foot: pitch of the sole, toes up positive
    shoulder: upper arm from the vertical, forward positive, of the same side; elbow: flexion
    lean: of the trunk, degrees forward; hip_height: mean height of the hip joints, m
    """

    thigh: Knots
    knee: Knots
    foot: Knots
    shoulder: Knots
    elbow: Knots
    lean: float
    hip_height: float


WALK = Curves(
    thigh=(
        (0, 21), (10, 18), (20, 9.5), (30, -2.5), (40, -13.5), (50, -20),
        (54, -20), (62, -10), (70, 6), (80, 18), (88, 22.5), (94, 22),
    ),
    knee=(
        (0, 4), (6, 12), (14, 19), (20, 17.5), (30, 10.5), (40, 6), (50, 11),
        (60, 36), (66, 53), (72, 63), (80, 53), (90, 19), (96, 4),
    ),
    foot=(
        (0, 20), (4, 9), (9, 0), (20, 0), (30, 0), (36, -3), (42, -9),
        (50, -24), (57, -47), (62, -60), (68, -62), (78, -25), (88, 8), (95, 20),
    ),
    shoulder=((0, -21), (25, -4), (50, 19), (75, 0)),
    elbow=((0, 14), (25, 18), (50, 34), (75, 22)),
    lean=2.0,
    hip_height=0.911,
)  # fmt: skip
"""Walking at natural cadence, after the mean curves of Winter (2009, appendix A).

Rounded, and fitted by a few degrees to this stride and these segments, so that planted feet stay in reach.
Arm swing after Murray, Sepic & Barnard (1967, Phys. Ther. 47:272-284).
"""

RUN = Curves(
    thigh=(
        (0, 29), (8, 24.5), (19, 9), (30, -11), (39, -21), (44, -21),
        (56, -4), (68, 19), (80, 36), (88, 38), (94, 34),
    ),
    knee=(
        (0, 16), (8, 33), (15, 42), (22, 40), (32, 27), (39, 21), (46, 31),
        (56, 72), (64, 92), (70, 95), (78, 80), (88, 40), (95, 17),
    ),
    foot=(
        (0, 12), (3, 4), (6, 0), (12, 0), (17, 0), (24, -11), (31, -36),
        (38, -64), (47, -82), (60, -85), (72, -60), (85, -12), (95, 10),
    ),
    shoulder=((0, -48), (25, -18), (50, 18), (75, -16)),
    elbow=((0, 84), (25, 96), (50, 108), (75, 96)),
    lean=7.0,
    hip_height=0.874,
)  # fmt: skip
"""Running, after the sagittal curves of Novacheck (1998, Gait & Posture 7:77-95) for 3.2 m/s.

Fitted likewise. Foot strike on the heel, knee bent to about 45 degrees in stance and over 90 in swing, toe-off near 39 % of
the stride.
"""


def curve(knots: Knots, phase: np.ndarray) -> np.ndarray:
    """Return a periodic curve through `knots` at `phase` (cycles), in rad, without overshoot."""
    from scipy.interpolate import PchipInterpolator

    at, degrees = np.array(knots, float).T
    # One stride more on either side makes the interpolation periodic.
    around = np.concatenate([at - 100, at, at + 100])
    return np.radians(PchipInterpolator(around, np.tile(degrees, 3))(100.0 * (np.asarray(phase) % 1.0)))


def down(angle: np.ndarray) -> np.ndarray:
    """Return the unit complex direction of a segment that hangs at `angle` rad forward of the vertical."""
    return -1j * np.exp(1j * angle)


@dataclass(frozen=True)
class Stride:
    """One leg's stride: where hip and ankle are at any phase, in the sagittal plane, complex x + iz, m.

    The phase is in cycles from the leg's foot strike; x is ahead of where the hip was at phase 0.
    """

    gait: Gait
    curves: Curves
    limb: str

    @property
    def duty(self) -> float:
        """Part of the stride with the foot on the ground."""
        return self.gait.duty[self.limb]

    def hip(self, phase: np.ndarray) -> np.ndarray:
        """Return the hip joint: at constant speed, with its heaves."""
        clock = phase + self.gait.touchdown[self.limb] - self.gait.heave_phase
        heave = self.gait.heave_m * np.cos(2.0 * np.pi * self.gait.heaves * clock)
        return self.gait.stride_m * phase + 1j * (self.curves.hip_height + heave)

    def free_ankle(self, phase: np.ndarray) -> np.ndarray:
        """Return the ankle that the published angles alone would give."""
        thigh = curve(self.curves.thigh, phase)
        return self.hip(phase) + THIGH * down(thigh) + SHANK * down(thigh - curve(self.curves.knee, phase))

    def planted_ankle(self, phase: np.ndarray) -> np.ndarray:
        """Return the ankle over a foot standing at 0, for phases of the stance.

        The sole rolls over the heel while the toes are up and over the ball while the heel is up.
        """
        pitch = curve(self.curves.foot, phase)
        pivot = np.where(pitch > 0, HEEL, BALL)
        return pivot + (-pivot + 1j * ANKLE) * np.exp(1j * pitch)

    @property
    def print_at(self) -> float:
        """Where the foot stands, m: where the published angles want it on average over the stance."""
        stance = np.linspace(0.0, self.duty, 60)
        return float(np.mean((self.free_ankle(stance) - self.planted_ankle(stance)).real))

    def ankle(self, phase: np.ndarray) -> np.ndarray:
        """Return the ankle: planted in stance, in swing the published path, bent to meet the next print."""
        step = np.floor(phase)
        within = phase - step
        stand = self.print_at + self.planted_ankle(np.minimum(within, self.duty))
        swing = self.free_ankle(within) + self._bend(np.maximum(within, self.duty))
        return np.where(within <= self.duty, stand, swing) + step * self.gait.stride_m

    def _bend(self, within: np.ndarray) -> np.ndarray:
        """Return what the published path lacks to meet the foot's place and speed at both ends of the swing."""
        small = 1e-4
        ends = []
        for at, side, stride in ((self.duty, -1.0, 0.0), (1.0, 1.0, 1.0)):
            # Approached from the stance's side: before toe-off, after the next strike.
            near = np.array([at, at + side * small])
            stand = self.print_at + stride * self.gait.stride_m + self.planted_ankle(near - stride)
            gap = stand - self.free_ankle(near)
            ends.append((gap[0], (gap[1] - gap[0]) / (side * small)))
        (start, start_speed), (end, end_speed) = ends
        length = 1.0 - self.duty
        s = (within - self.duty) / length
        ease = s**2 * (3.0 - 2.0 * s)
        # The difference in speed is made up for soon, lest it carries the foot off its published path.
        begin = s * np.maximum(1.0 - s / _SETTLE, 0.0) ** 2
        finish = (s - 1.0) * np.maximum(1.0 - (1.0 - s) / _SETTLE, 0.0) ** 2
        return (1.0 - ease) * start + ease * end + length * (begin * start_speed + finish * end_speed)
