"""How motion is derived from keypoints and fitted to a robot's legs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from video2reward.settings.base import Settings


class MotionSettings(Settings):
    """How the motion is derived from keypoints."""

    smoothing_s: float = Field(0.05, ge=0, description="half width of the smoothing window, s")
    min_period_s: float = Field(0.25, gt=0)
    max_period_s: float = Field(1.6, gt=0)
    min_period_confidence: float = Field(0.5, ge=0, le=1, description="below it, no period counts as found")
    cycle_points: int = Field(64, ge=16, description="samples of the mean cycle")
    max_gap_s: float = Field(
        0.05,
        ge=0,
        description="longer gaps in a joint's track are filled from the mean cycle, shorter ones linearly",
    )
    kind: Literal["auto", "cyclic", "single"] = Field(
        "auto",
        description="cyclic: a gait; single: one motion between two rests; auto: single if no period is found",
    )


class Reach(Settings):
    """How the clip's motion is fitted to the robot's legs."""

    extension: float = Field(
        0.95,
        gt=0,
        le=1,
        description="largest usable fraction of the full leg length, or of the joints' ranges",
    )
    crouch: float = Field(
        0.0, ge=0, lt=0.5, description="lowers the stance by this fraction of the leg length"
    )
