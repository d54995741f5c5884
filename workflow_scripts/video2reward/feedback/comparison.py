"""The result of comparing the best policy with the clip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.feedback.falls import Falls
from video2reward.feedback.joints import JointErrors
from video2reward.feedback.statistics import Curve, Share
from video2reward.feedback.walking import Walk
from video2reward.similarity import (
    GaitSimilarity,
    PaperSimilarity,
    PostureSimilarity,
)
from video2reward.similarity.jumps import JumpFigures


@dataclass(frozen=True)
class Comparison:
    """The best policy so far compared with the clip; None where no policy could be recorded.

    reach: scored keypoint -> gait distance of the motion in the robot's reach, body lengths: about the lowest possible
    training: column of the training table -> values; curves, shares: component -> summary
    trend: changes since the previous round (trend.py)
    jump: of a single motion, which has no `walk`
    wish: how far the user's wish is fulfilled (wishes/fulfilment.py), None if nothing of one is measured
    """

    reference: Reference
    gait: GaitSimilarity | None
    posture: PostureSimilarity | None
    paper: PaperSimilarity | None
    joints: JointErrors | None
    walk: Walk | None
    falls: Falls | None
    reach: dict[str, float]
    training: Mapping[str, np.ndarray]
    curves: dict[str, Curve]
    shares: dict[str, Share]
    trend: Mapping[str, Any] = field(default_factory=dict)
    jump: JumpFigures | None = None
    wish: Mapping[str, Any] | None = None
