"""The contract of completion providers: a question in, one answer with its price out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.prompt import Message
from video2reward.errors import UserError
from video2reward.settings.llm import LLM


class UnansweredError(UserError):
    """No answer came although the server may have written one, and charge for it: a time-out, a broken connection."""


class NoRepairError(UserError):
    """There is no repair to be had, so that the candidate stays as it failed."""


def _allowed() -> None:
    """Allow a further request: there is no budget."""


@dataclass(frozen=True)
class Question:
    """What is asked for: one answer of several to the same messages.

    seed, iteration, candidate: which of them; attempt: 0 for the first answer, then the repair's number
    facts: the figures behind the messages (prompt.json), for writers that are no language model
    folder: the round's, where prompt.txt lies and people leave their answers; candidates: how many it has
    source: the file that holds the answer, for providers that read it from one; None if it is not there yet
    once_more: called before a further request where an earlier one may have been charged for; it raises an
        `UnansweredError` if the budget does not allow that
    """

    messages: tuple[Message, ...]
    settings: LLM
    seed: int
    iteration: int
    candidate: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    attempt: int = 0
    folder: Path = Path()
    candidates: int = 1
    source: Path | None = None
    once_more: Callable[[], None] = field(default=_allowed, compare=False, repr=False)


class CompletionProvider(ABC):
    """Writes reward functions.

    costs: whether an answer costs money or cannot be repeated, so that it must be kept in the store
    repairs: whether it can be asked to repair an answer whose code failed its checks
    """

    costs: ClassVar[bool] = True
    repairs: ClassVar[bool] = False

    @abstractmethod
    def complete(self, question: Question) -> Completion:
        """Answer `question`; a wrong key, model or address is a `UserError`.

        Where no answer came although one may have been paid for, the error is an `UnansweredError`; where a
        repair was asked of what has none, a `NoRepairError`.
        """
