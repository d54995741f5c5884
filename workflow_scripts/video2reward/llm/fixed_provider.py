"""A provider for methods with a fixed reward: the answer is a file of resources/rewards."""

from __future__ import annotations

from typing import ClassVar

from video2reward.artifacts.completion import Completion
from video2reward.errors import UserError
from video2reward.llm.base import CompletionProvider, Question


class FixedProvider(CompletionProvider):
    """Answers with the question's source: the method's fixed reward, or the file that `settings.model` names."""

    costs: ClassVar[bool] = False

    def complete(self, question: Question) -> Completion:
        """Return the fixed reward's source; the messages are not read."""
        if question.source is None:
            raise UserError(
                f"provider fixed: llm.model must name the reward's file, and {question.settings.model!r} is not a file"
            )
        source = question.source.read_text(encoding="utf-8")
        note = "a fixed reward from a file, written by people; no language model was asked"
        return Completion(f"```python\n{source}\n```\n", "fixed", "fixed", is_language_model=False, note=note)
