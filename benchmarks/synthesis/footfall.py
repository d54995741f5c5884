"""Foot trajectories: fixed on the ground in stance, a smooth forward arc in swing."""

from __future__ import annotations

import numpy as np


def minimum_jerk(s: np.ndarray) -> np.ndarray:
    """Go from 0 to 1 with zero velocity and acceleration at both ends (Flash & Hogan 1985); s in 0..1."""
    return s**3 * (10.0 - 15.0 * s + 6.0 * s**2)


def lift_arc(s: np.ndarray, peak: float = 0.42) -> np.ndarray:
    """Rise from 0 to 1 at s = `peak` and back, level and at rest at both ends; s in 0..1."""
    # s^a (1-s)^b has its peak at a/(a+b); b is fixed so that the touchdown is soft.
    b = 2.5
    a = b * peak / (1.0 - peak)
    return (s / peak) ** a * ((1.0 - s) / (1.0 - peak)) ** b


def foot_path(
    phase: np.ndarray, stride: float, duty: float, neutral: float, lift: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a foot's position on the path and whether it is planted.

    phase: (T,) cycles, integers are touchdowns
    stride: m; neutral: where the foot is at mid-stance, m ahead of the hip; lift: m
    Returns forward (T,) m in the world, where the trunk's origin is at `stride * (phase of limb)`, height
    (T,) m above stance and planted (T,) bool. In stance the foot does not move; at mid-stance the hip is
    above `neutral` behind it.
    """
    step = np.floor(phase)
    within = phase - step
    planted = within <= duty
    swing = np.clip((within - duty) / (1.0 - duty), 0.0, 1.0)
    print_at = (step + 0.5 * duty) * stride + neutral
    forward = print_at + stride * minimum_jerk(swing)
    return forward, lift * lift_arc(swing), planted
