"""Foot paths of robot and clip, aligned at the best start phase."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.geometry import sample_cycle
from video2reward.similarity.gait import body_view

_STRIDES = 2
_SHIFTS = 100


def aligned_feet(rollout: Rollout, reference: Reference) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the feet at the end of a rollout and of the reference, aligned at the best start phase.

    Returns times (T,) in reference strides from 0, robot (T, L, 2) and reference (T, L, 2): forward and up,
    robot body lengths relative to the standing feet.
    """
    feet = feet_rows(reference)
    steps = max(2, round(_STRIDES * reference.period_s / rollout.dt) + 1)
    agents = np.flatnonzero(~rollout.fell) if not rollout.fell.all() else np.arange(len(rollout.fell))
    found = []
    for agent in agents:
        robot = body_view(_only(rollout, int(agent)), reference)[0][-steps:, feet]
        times = np.arange(len(robot)) * rollout.dt / reference.period_s
        starts = [sample_cycle(reference.cycle[:, feet], times + k / _SHIFTS) for k in range(_SHIFTS)]
        costs = [float(((robot - start) ** 2).mean()) for start in starts]
        found.append((min(costs), times, robot, starts[int(np.argmin(costs))]))
    found.sort(key=lambda item: item[0])
    _, times, robot, video = found[(len(found) - 1) // 2]
    return times, from_standing(robot, reference), from_standing(video, reference)


def feet_rows(reference: Reference) -> list[int]:
    return [reference.keypoint_names.index(name) for name in reference.foot_names]


def from_standing(feet: np.ndarray, reference: Reference) -> np.ndarray:
    """Return the feet (T, L, 2) relative to their places in the default pose."""
    moved: np.ndarray = feet - reference.standing[feet_rows(reference)]
    return moved


def _only(rollout: Rollout, agent: int) -> Rollout:
    part = slice(agent, agent + 1)
    arrays = ("qpos", "keypoints", "heading", "commands", "velocity", "fell_at")
    return replace(rollout, **{name: getattr(rollout, name)[part] for name in arrays})
