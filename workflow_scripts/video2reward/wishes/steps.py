"""What wishes are measured on: the same view of a robot's rollout and of the motion in its reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.geometry import sample_cycle
from video2reward.similarity.foot_paths import feet_rows
from video2reward.similarity.gait import PERIODS, body_view, settled_from
from video2reward.skeletons import left_and_right

_DT = 0.02  # of the motion in reach, s


@dataclass(frozen=True)
class Steps:
    """A agents over T steps, without falls and without the first strides.

    heights: (A, T, L) of the feet's keypoints above the lowest of them at that moment, m
    trunk: (A, T) height of the trunk's middle above the lowest foot, m
    foot_z: (A, T, L) heights in the world, m; NaN of the motion in reach
    paths: (A, T, L, 2) of the feet about the trunk's middle, body lengths: x forward, y up; pairs: rows of left and right feet
    speed: (A,) m/s; effort: (A,) mean |torque|, N m, NaN if unknown
    window: steps of two strides of the motion in reach; half: of half a stride, may be fractional; dt: s
    """

    heights: np.ndarray
    trunk: np.ndarray
    foot_z: np.ndarray
    paths: np.ndarray
    pairs: tuple[tuple[int, int], ...]
    speed: np.ndarray
    effort: np.ndarray
    window: int
    half: float
    dt: float
    body_length_m: float


def steps_of_rollout(rollout: Rollout, reference: Reference) -> Steps:
    """Return the steps of the agents that stayed up."""
    up = ~rollout.fell
    first = settled_from(rollout.velocity.shape[1], rollout.dt, reference.period_s)
    body = body_view(rollout, reference)[up, first:]
    rows = [rollout.keypoint_names.index(name) for name in reference.foot_names]
    effort = rollout.effort[up, first:].mean(axis=1) if rollout.effort.size else np.full(up.sum(), np.nan)
    return _steps(
        body,
        reference,
        np.asarray(rollout.keypoints, float)[up, first:][:, :, rows, 2],
        np.asarray(rollout.velocity, float)[up, first:, 0].mean(axis=1),
        effort,
        rollout.dt,
    )


def steps_in_reach(reference: Reference) -> Steps:
    """Return one agent that moves by the motion in reach for four strides."""
    phase = np.arange(round(2 * PERIODS * reference.period_s / _DT)) * _DT / reference.period_s
    body = sample_cycle(reference.cycle, phase)[None]
    unknown = np.full((*body.shape[:2], len(reference.foot_names)), np.nan)
    return _steps(body, reference, unknown, np.array([reference.speed]), np.array([np.nan]), _DT)


def _steps(
    body: np.ndarray,
    reference: Reference,
    foot_z: np.ndarray,
    speed: np.ndarray,
    effort: np.ndarray,
    dt: float,
) -> Steps:
    paths = body[:, :, feet_rows(reference)]
    feet = paths[..., 1] * reference.body_length_m
    lowest = feet.min(axis=-1, keepdims=True)
    return Steps(
        heights=feet - lowest,
        trunk=-lowest[..., 0],
        foot_z=foot_z,
        paths=paths,
        pairs=left_and_right(reference.limb_names),
        speed=speed,
        effort=effort,
        window=max(2, round(PERIODS * reference.period_s / dt)),
        half=reference.period_s / 2 / dt,
        dt=dt,
        body_length_m=reference.body_length_m,
    )
