"""How candidates are tried and policies judged."""

from __future__ import annotations

from pydantic import Field

from video2reward.settings.base import Settings


class Evaluation(Settings):
    """How policies are judged."""

    agents: int = Field(64, ge=1)
    seconds: float = Field(20.0, gt=0, description="length of the final rollout")
    short_seconds: float = Field(8.0, gt=0, description="length of the rollouts that judge candidates")
    film_seconds: float = Field(6.0, gt=0)


class TrialLimits(Settings):
    """Limits of a candidate's trial."""

    seconds: float = Field(30.0, gt=0)
    memory_mb: int = Field(4096, ge=256, description="address space above the interpreter's own")
