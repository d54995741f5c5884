"""A provider for the candidate whose reward was not written but tuned: the best one of the rounds before."""

from __future__ import annotations

from typing import ClassVar

from video2reward.artifacts.completion import Completion
from video2reward.errors import UserError
from video2reward.llm.base import CompletionProvider, Question


class TunedProvider(CompletionProvider):
    """Answers with the question's source: tuned_reward.py of the round before."""

    costs: ClassVar[bool] = False

    def complete(self, question: Question) -> Completion:
        """Return the tuned reward's source; the messages are not read."""
        if question.source is None:
            raise UserError(
                "provider tuned: it is no setting but stands for the tuned candidate; set tuning: true, and llm.provider to who "
                "writes the other rewards"
            )
        source = question.source.read_text(encoding="utf-8")
        note = (
            f"Candidate {question.candidate} of round {question.iteration} is the best reward so far with its numbers tuned; "
            "no language model was asked for it."
        )
        return Completion(f"```python\n{source}\n```\n", "tuned", "tuned", is_language_model=False, note=note)
