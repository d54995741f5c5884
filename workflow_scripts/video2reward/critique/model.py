"""Feedback from somebody who looks at pictures of robot and video: a vision-language model, or a person."""

from __future__ import annotations

from typing import ClassVar, Literal

from video2reward.critique.base import FeedbackSource, JudgedRound, Sections
from video2reward.critique.text import critique_texts

PART = "critique"


class VisionModel(FeedbackSource):
    """The model of the settings' section `vlm`: the upper of two levels, apart from the model that writes rewards."""

    parts = (PART,)
    asks: ClassVar[Literal["", "llm", "vlm"]] = "vlm"

    def sections(self, judged: JudgedRound) -> Sections:
        """Return the critique's text, if there is a critique."""
        texts = critique_texts(judged.critique) if judged.critique is not None else []
        return {PART: texts} if texts else {}


class SameModel(VisionModel):
    """The model that writes the rewards, of the section `llm`."""

    asks = "llm"


class Person(VisionModel):
    """A person in the model's place, by a file."""

    provider = "manual"
