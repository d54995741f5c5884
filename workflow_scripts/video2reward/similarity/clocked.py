"""Distances of single motions from the clip's, moment by moment of the clock: nothing is warped, as timing is the motion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.geometry import sample_cycle, trunk_middle
from video2reward.similarity.jumps import Jumps, find_jumps, motion_rows
from video2reward.skeletons import skeleton

TRUNK = "trunk"
"""The name of the trunk's way among the joints: how high it is and how far it has come."""


@dataclass(frozen=True)
class Clocked:
    """Single motions against the clip's, J scored joints and the trunk.

    charged: (A, J + 1) distances, body lengths; standing: (J + 1,) those of a robot that stands still
    names: of the joints and the trunk; motions: their number
    excursion: (J,) root mean square about the mean of the agents that stayed up, by the clip's; NaN without any
    jumps: the same motions' rise, distance, flight and timing
    """

    charged: np.ndarray
    standing: np.ndarray
    names: tuple[str, ...]
    motions: int
    excursion: np.ndarray
    jumps: Jumps


def by_clock(rollout: Rollout, reference: Reference, body: np.ndarray) -> Clocked:
    """Compare every whole motion of a rollout with the clip's; body: (A, T, J, 2) in the reference's form.

    Joints are relative to the trunk's middle, each centred over the motion; the trunk is where it is, from the motion's
    start and from its height in the default pose. A motion in or before which an agent falls counts as standing still, or
    as what it was if that is farther.
    """
    jumps = find_jumps(rollout, reference)
    scored = [reference.keypoint_names.index(name) for name in reference.scored]
    rows = motion_rows(jumps.first, jumps.steps, jumps.up.shape[1])
    agents = np.arange(len(rows))[:, None, None]
    moved = np.concatenate(
        [_centred(body[:, :, scored][agents, rows]), trunk_way(rollout, reference)[agents, rows]], axis=3
    )
    moved[..., -1, 0] -= moved[..., :1, -1, 0]
    phase = np.arange(jumps.steps) / jumps.steps
    clip = clip_motion(reference, reference.target, phase)
    apart = np.linalg.norm(moved - clip, axis=-1).mean(axis=2)
    standing = np.linalg.norm(clip, axis=-1).mean(axis=0)
    worse = overall(apart)[..., None] > overall(standing)
    charged = np.where(jumps.up[..., None] | worse, apart, standing)
    up = jumps.up.all(axis=1)
    own = np.sqrt((moved[up][..., :-1, :] ** 2).sum(axis=-1).mean(axis=(0, 1, 2))) if up.any() else np.nan
    excursion = own / np.sqrt((clip[:, :-1] ** 2).sum(axis=-1).mean(axis=0))
    return Clocked(
        charged.mean(axis=1),
        standing,
        (*reference.scored, TRUNK),
        jumps.up.size,
        np.broadcast_to(excursion, len(scored)),
        jumps,
    )


def overall(distances: np.ndarray) -> np.ndarray:
    """Return the distance (...) of joints and trunk (..., J + 1): the trunk's way counts as much as all joints together."""
    return np.asarray(0.5 * (distances[..., :-1].mean(axis=-1) + distances[..., -1]))


def clip_motion(reference: Reference, cycle: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Return scored joints, centred, and the trunk's way at phases (n,) of a cycle (P, J, 2): (n, J + 1, 2)."""
    scored = [reference.keypoint_names.index(name) for name in reference.scored]
    # The way does not close: the next motion starts where this one has ended.
    at = np.arange(len(reference.trunk)) / len(reference.trunk)
    way = np.column_stack([np.interp(phase, at, reference.trunk[:, axis]) for axis in (0, 1)])
    return np.concatenate([_centred(sample_cycle(cycle[:, scored], phase)), way[:, None]], axis=1)


def trunk_way(rollout: Rollout, reference: Reference) -> np.ndarray:
    """Return the trunk's middle (A, T, 1, 2), body lengths: ahead of the rollout's start, and over the default stance."""
    points = np.asarray(rollout.keypoints, float)
    middle = trunk_middle(points, rollout.keypoint_names, skeleton(reference.skeleton))[..., [0, 2]]
    assert rollout.standing_height is not None, "a rollout of a gait"
    return np.asarray(((middle - [0.0, rollout.standing_height]) / reference.body_length_m)[:, :, None])


def _centred(motion: np.ndarray) -> np.ndarray:
    """Centre joints (..., n, J, 2) over the motion."""
    centred: np.ndarray = motion - motion.mean(axis=-3, keepdims=True)
    return centred
