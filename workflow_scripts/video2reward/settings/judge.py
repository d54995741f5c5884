"""How a judge of motions is tested."""

from __future__ import annotations

from pydantic import Field

from video2reward.settings.base import Settings


class JudgeSettings(Settings):
    """The test of a critic on motions of known quality: snakemake judge_test."""

    repetitions: int = Field(3, ge=1, description="answers a motion; one if the critic's temperature is 0")
    told: bool = Field(
        True,
        description="the question has falls, speed and stride period, as a critique's has; false: pictures alone",
    )
