"""The expert score: how much of an expert's performance a policy has, from a fall to the clip's motion in reach."""

from __future__ import annotations

import math

STANDS = 1 / 3
"""The score of a robot that stands still: the share of staying up."""
DEFINITION = (
    "(up + 2 sqrt(speed x gait)) / 3, from 0 to 1, of the deterministic policy at the clip's speed. up: part of the robots "
    "that did not fall. speed: 1 - |1 - speed / clip's|, at least 0; left out where the clip stays in its place. gait: the "
    "part of the way from standing still to the expert that the gait distance with posture has gone, 0 to 1; the expert "
    "moves by the clip's motion in the robot's reach. 1: the expert; 1/3: stands still, or glides with still legs; 0: all "
    "fall. The geometric mean lets neither speed without steps nor steps on the spot count."
)


def expert_score(
    falls: float, speed_ratio: float | None, distance: float, standing: float, reach: float
) -> float:
    """Return the expert score (DEFINITION), 0..1; NaN where the expert is no nearer to the clip than a standing robot.

    falls: part of the robots; speed_ratio: speed / clip's, None if the clip has none
    distance: gait distance with posture, standing: of a robot that stands still, reach: of the motion in reach; body lengths
    """
    if not standing > reach:
        return math.nan
    imitated = _capped((standing - distance) / (standing - reach))
    if speed_ratio is not None:
        imitated = math.sqrt(imitated * _capped(1 - abs(1 - speed_ratio)))
    return STANDS * (1 - falls) + (1 - STANDS) * imitated


def _capped(share: float) -> float:
    return min(1.0, max(0.0, share))
