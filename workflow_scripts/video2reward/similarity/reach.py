"""How near to the clip the motion in the robot's reach is: the best that an expert could do on this robot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.geometry import sample_cycle
from video2reward.similarity.clocked import TRUNK, clip_motion, overall
from video2reward.similarity.gait import PERIODS, segment_distances

# Off the grid of start phases that the similarity tries, cycles.
_STARTS = tuple((start + 0.313) / 4 for start in range(4))
_STEPS = 100  # of a segment


def reach_distances(reference: Reference, dt: float, starts: Sequence[float] = (0.0,)) -> dict[str, float]:
    """Return scored keypoint -> gait distance between the motion in reach and the clip, body lengths.

    dt: s per sample; starts: phases, cycles, over which that of a gait is averaged. A single motion has that of the trunk's
    way too, which is always in reach.
    """
    if reference.kind == "single":
        return _moments(reference, dt)
    scored = [reference.keypoint_names.index(name) for name in reference.scored]
    steps = np.arange(max(8, round(PERIODS * reference.period_s / dt))) * dt / reference.period_s
    phases = np.asarray(starts)[:, None] + steps
    body = sample_cycle(reference.cycle[:, scored], phases.ravel()).reshape(*phases.shape, len(scored), 2)
    found = segment_distances(body, reference.target[:, scored], reference.period_s, dt).mean(axis=(0, 1))
    return {name: float(value) for name, value in zip(reference.scored, found, strict=True)}


def overall_reach(distances: Mapping[str, float], reference: Reference) -> float:
    """Return the gait distance of the motion in reach, from those of its keypoints."""
    values = np.array(list(distances.values()))
    return float(overall(values) if reference.kind == "single" else np.mean(values))


def reach_distance(reference: Reference) -> float:
    """Return the gait distance of the motion in reach, `reference.cycle`, to the clip, body lengths."""
    dt = PERIODS * reference.period_s / _STEPS
    return overall_reach(reach_distances(reference, dt, _STARTS), reference)


def _moments(reference: Reference, dt: float) -> dict[str, float]:
    phase = np.arange(round(reference.period_s / dt)) * dt / reference.period_s
    within, clip = (clip_motion(reference, cycle, phase) for cycle in (reference.cycle, reference.target))
    found = np.linalg.norm(within - clip, axis=-1).mean(axis=0)
    return {name: float(value) for name, value in zip((*reference.scored, TRUNK), found, strict=True)}
