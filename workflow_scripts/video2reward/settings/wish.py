"""What a user asks for beside the video, in words and, if it can be measured, in figures."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from video2reward.settings.base import Settings


class Target(Settings):
    """What is asked of one measure; exactly one key."""

    times: float | None = Field(
        None, gt=0, le=5, description="so many times what the motion in reach has, which 1 is"
    )
    at_most: float | None = Field(None, gt=0, description="in the measure's unit")
    at_least: float | None = Field(None, gt=0, description="in the measure's unit")

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give one of times, at_most, at_least; found {', '.join(given) or 'none'}")
        if self.times is not None and abs(self.times - 1) < 0.01:
            raise ValueError("times: 1 is the motion in reach itself and asks for nothing")
        return self


class MeasuredWish(Settings):
    """The part of a wish that is measured on policies."""

    measured: dict[str, Target] = Field(
        {},
        description="measure of docs/wishes.md -> {times: 2.0}, {at_most: 0.3} or {at_least: 0.1}; without any, the text "
        "goes to the model and nothing is measured",
    )
    weight: float = Field(
        0.5,
        ge=0,
        le=1,
        description="fraction of its similarity that a candidate loses in the selection if nothing of the wish is fulfilled",
    )

    @property
    def times(self) -> dict[str, float]:
        """The measures that are asked for as a multiple of the motion in reach -> that multiple."""
        return {name: target.times for name, target in self.measured.items() if target.times is not None}


class Wish(MeasuredWish):
    """A wish beside the video; a text alone is a wish of which nothing is measured."""

    text: str = Field(min_length=1, description="the wish in words, for the model")

    @model_validator(mode="before")
    @classmethod
    def _text_alone(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value
