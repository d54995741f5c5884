"""The contract of completion providers: messages in, one answer with its price out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.prompt import Message
from video2reward.settings import LLM


class CompletionProvider(ABC):
    """Writes reward functions.

    costs: whether an answer costs money or cannot be repeated, so that it must be kept in the store
    """

    costs: ClassVar[bool] = True

    @abstractmethod
    def complete(
        self,
        messages: tuple[Message, ...],
        facts: dict[str, Any],
        settings: LLM,
        seed: int,
        iteration: int,
        candidate: int,
    ) -> Completion:
        """Answer `messages`.

        facts: the figures behind the messages (prompt.json), for writers that are no language model
        seed, iteration, candidate: which answer of several to the same messages
        A wrong key, model or address is a `UserError`.
        """
