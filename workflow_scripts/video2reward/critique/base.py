"""The interface of feedback sources: which parts of the feedback each gives, and whom it asks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from video2reward.artifacts.critique import Critique

Sections = Mapping[str, list[str]]
"""Part of the feedback -> its text, longest version first; small context windows get a later one."""


@dataclass(frozen=True)
class JudgedRound:
    """What is known about a round; measured: feedback.json; critique: None if the method asks for none."""

    measured: Mapping[str, Any]
    critique: Critique | None = None


class FeedbackSource(ABC):
    """Gives parts of the feedback on a round.

    parts: names in the method's `feedback`; empty: all that no other source gives
    asks: the section of the settings with the model that looks at pictures, "" if none is asked
    provider: who answers in that model's place
    """

    parts: ClassVar[tuple[str, ...]] = ()
    asks: ClassVar[Literal["", "llm", "vlm"]] = ""
    provider: ClassVar[str | None] = None

    @abstractmethod
    def sections(self, judged: JudgedRound) -> Sections:
        """Return its parts of the feedback, without those that have nothing to say."""
