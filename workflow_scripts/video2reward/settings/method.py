"""A method: what the language model sees, what comes back to it and who wins, or a reward without a model."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from video2reward.settings.base import Settings


class Method(Settings):
    """What the model sees, what comes back to it, and who wins a round (config/methods/*.yaml)."""

    description: str
    reward: str | None = Field(
        None,
        description="a fixed reward of resources/rewards instead of a model, so one candidate a round, and one round but with init: best; "
        "{task}: the task's name",
    )
    from_scratch: bool = Field(
        False,
        description="its policies start from nothing, and train for the base policy's steps besides: yardsticks owe "
        "nothing to another reward and have the same experience as candidates and their base policy together",
    )
    provider: str | None = Field(None, description="who writes the rewards, whatever llm.provider says")
    task_description: str | dict[str, str] = Field(
        "",
        description="replaces the robot's own task description; task -> text where it differs by task; "
        "{behaviour} and {species}: the video's",
    )
    prompt: tuple[Literal["environment", "task", "rules", "keypoints", "figures"], ...] = (
        "environment", "task", "rules", "keypoints", "figures",
    )  # fmt: skip
    signals: tuple[Literal["keypoints", "clock", "reference"], ...] = ("keypoints", "clock", "reference")
    feedback: tuple[
        Literal[
            "score", "success", "falls", "trend", "gait", "posture", "joints", "components", "shares", "similarity",
            "candidates", "failures",
        ],
        ...,
    ] = Field(
        (
            "success", "falls", "trend", "gait", "posture", "joints", "components", "shares", "similarity",
            "candidates", "failures",
        ),
        description="what is said of the last round, in this order; docs/prompts.md shows each part",
    )  # fmt: skip
    selection: Literal["success", "gait"] = "gait"
    max_falls: float = Field(0.1, ge=0, le=1)
    max_velocity_error: float = Field(
        0.3, gt=0, description="stride-averaged, as a part of the clip's speed on the robot"
    )

    @model_validator(mode="after")
    def _one_writer(self) -> Self:
        if self.reward is not None and self.provider is not None:
            raise ValueError("reward and provider both say where the reward comes from; give one of them")
        return self
