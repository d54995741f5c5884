"""The interface of completion providers: a question in, one answer with its price out."""

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
    """No answer arrived, but the server may have written and charged for one: a time-out, a broken connection."""


class NotYetError(UserError):
    """A person's answer is still missing.

    files: empty, to be filled
    """

    def __init__(self, message: str, files: tuple[Path, ...] = ()) -> None:
        """Take the sentence and the files."""
        super().__init__(message)
        self.files = files


class NoRepairError(UserError):
    """No repair is available, so the candidate stays failed."""


def _allowed() -> None:
    """Allow every further request: there is no budget."""


@dataclass(frozen=True)
class Question:
    """A request for one of several answers to the same messages.

    seed, iteration, candidate: which answer; attempt: 0 for the first answer, then the repair's number
    facts: the figures behind the messages (prompt.json), for providers that are not language models
    folder: the round's, which holds the prompt, its pictures and answers by hand; candidates: how many the round has
    critique: whether a judgement of the robot's motion is asked for, not a reward
    known: name of the motion of known quality that is to be scored, in a judge's test; candidate is the repetition then
    source: the file with the answer, for providers that read one; None if it does not exist yet
    once_more: called before a further request if an earlier one may have been charged; raises an
    `UnansweredError` if the budget does not allow it
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
    critique: bool = False
    known: str = ""
    once_more: Callable[[], None] = field(default=_allowed, compare=False, repr=False)


class CompletionProvider(ABC):
    """Answers questions: writes reward functions, or judges pictures.

    costs: whether an answer costs money or cannot be repeated, so it must be kept in the store
    repairs: whether the provider can repair an answer whose code failed its checks
    """

    costs: ClassVar[bool] = True
    repairs: ClassVar[bool] = False

    @abstractmethod
    def complete(self, question: Question) -> Completion:
        """Answer `question`; a wrong key, model or address is a `UserError`.

        If no answer came but one may have been charged, raises an `UnansweredError`; if a repair is asked for and there
        is none, a `NoRepairError`.
        """
