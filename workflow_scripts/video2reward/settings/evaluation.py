"""How candidates are tried and policies evaluated."""

from __future__ import annotations

from pydantic import Field

from video2reward.settings.base import Settings


class Evaluation(Settings):
    """How policies are evaluated."""

    agents: int = Field(64, ge=1, description="agents per rollout")
    seconds: float = Field(20.0, gt=0, description="length of the final rollout")
    short_seconds: float = Field(8.0, gt=0, description="length of the rollouts that evaluate candidates")
    film_seconds: float = Field(6.0, gt=0, description="length of the rendered video")


class TrialLimits(Settings):
    """Limits on the trial of a candidate's reward."""

    seconds: float = Field(30.0, gt=0)
    memory_mb: int = Field(4096, ge=256, description="address space beyond the interpreter's own")
