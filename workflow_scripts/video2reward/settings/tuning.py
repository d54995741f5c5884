"""Tuning of the best reward's numbers between rounds."""

from __future__ import annotations

from pydantic import Field

from video2reward.settings.base import Settings


class Tuning(Settings):
    """How the numbers of a round's best reward are searched; environment steps are those of all agents."""

    steps: int | None = Field(
        None,
        ge=1,
        description="environment steps that a round's tuning may spend in all; by default a quarter of training.steps for "
        "each variant",
    )
    variants: int = Field(
        4, ge=3, le=64, description="rewards that are trained side by side, the unchanged one among them"
    )
    generations: int = Field(
        2, ge=1, le=100, description="how often new variants are drawn, from the better ones of before"
    )
    factor: float = Field(
        3.0,
        gt=1,
        le=10,
        description="each number stays within its start by this and times this; its sign stays",
    )

    @property
    def trainings(self) -> int:
        """How many short trainings there are at most."""
        return self.variants * self.generations

    def steps_each(self, training_steps: int) -> int:
        """Return the environment steps of each short training, given those of a candidate."""
        return max(1, training_steps // 4 if self.steps is None else self.steps // self.trainings)
