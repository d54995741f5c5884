"""A method: what the language model sees, what feedback it gets and who wins, or a fixed reward without a model."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from video2reward.settings.base import Settings


class Method(Settings):
    """What the model sees, what feedback it gets, and how a round's winner is chosen (config/methods/*.yaml)."""

    description: str = Field(description="one line for people")
    reward: str | None = Field(
        None,
        description="a fixed reward of resources/rewards instead of a model: one candidate per round, and one round unless "
        "init is best; {task} stands for the task's name",
    )
    from_scratch: bool = Field(
        False,
        description="train from scratch, for as many steps as are behind another method's last policy, its base policy's "
        "among them: a baseline then owes nothing to another reward",
    )
    provider: str | None = Field(None, description="who writes the rewards; overrides llm.provider")
    task_description: str | dict[str, str] = Field(
        "",
        description="replaces the robot's task description; a mapping task -> text if it differs by task (others have the task's own); "
        "{behaviour} and {species} stand for the video's",
    )
    prompt: tuple[Literal["environment", "task", "rules", "keypoints", "figures"], ...] = (
        "environment", "task", "rules", "keypoints", "figures",
    )  # fmt: skip
    signals: tuple[Literal["keypoints", "clock", "reference"], ...] = ("keypoints", "clock", "reference")
    feedback: tuple[
        Literal[
            "score", "success", "falls", "trend", "gait", "posture", "joints", "components", "shares", "similarity",
            "candidates", "failures", "critique",
        ],
        ...,
    ] = Field(
        (
            "success", "falls", "trend", "gait", "posture", "joints", "components", "shares", "similarity",
            "candidates", "failures",
        ),
        description="sections of the feedback on the last round, in this order; docs/prompts.md shows each",
    )  # fmt: skip
    sources: tuple[str, ...] = Field(
        ("measured",),
        description="who gives the feedback: measured (all sections but critique), and for the critique vlm or llm (a model "
        "that looks at pictures, asked with the settings of that name) or person (a page or a file)",
    )
    selection: Literal["success", "gait", "preference"] = Field(
        "gait",
        description="who wins a round: the highest H_mts, the closest gait, or whom people prefer, film against film "
        "(docs/feedback.md)",
    )
    max_falls: float = Field(0.1, ge=0, le=1)
    max_velocity_error: float = Field(
        0.3, gt=0, description="stride-averaged, as a fraction of the clip's speed on the robot"
    )

    @model_validator(mode="after")
    def _one_writer(self) -> Self:
        if self.reward is not None and self.provider is not None:
            raise ValueError("reward and provider both say where the reward comes from; give one of them")
        return self
