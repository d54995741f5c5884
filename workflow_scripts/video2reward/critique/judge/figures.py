"""What is measured of a known motion: what a judge may be told, and the yardstick beside the judge."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.critique.verdict import Measurements
from video2reward.similarity import gait_similarity, posture_similarity

_SETTLE_S = 1.0  # left out at the start, as in the feedback
YARDSTICK = (
    "The gait similarity with posture, by which policies are selected, less the part of the agents that fell: a fall "
    "is worse than anything else, as selection has it."
)


class MeasuredMotion(NamedTuple):
    """figures: as a critic is told; yardstick: see `YARDSTICK`."""

    figures: Measurements
    yardstick: float


def measure_motion(rollout: Rollout, reference: Reference, max_falls: float) -> MeasuredMotion:
    """Measure a motion; max_falls: what the method allows."""
    gait = gait_similarity(rollout, reference)
    posture = posture_similarity(rollout, reference, gait)
    falls = float(rollout.fell.mean())
    up = rollout.velocity[~rollout.fell, round(_SETTLE_S / rollout.dt) :, 0]
    figures = Measurements(
        falls=falls,
        max_falls=max_falls,
        speed=float(up.mean()) if up.size else None,
        wanted_speed=float(reference.speed),
        period_s=gait.period_s if np.isfinite(gait.period_s) else None,
        wanted_period_s=float(reference.period_s),
    )
    return MeasuredMotion(figures, 1 - posture.distance / gait.standing - falls)
