"""A provider for methods with a fixed reward: it hands over a file of resources/rewards as the answer."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from video2reward.artifacts.completion import Completion
from video2reward.errors import UserError
from video2reward.llm.base import CompletionProvider, Question


class FixedProvider(CompletionProvider):
    """Answers with `facts["fixed_reward"]`, or with the file that `settings.model` names."""

    costs: ClassVar[bool] = False

    def complete(self, question: Question) -> Completion:
        """Return the fixed reward's source; the messages are not read."""
        source = question.facts.get("fixed_reward") or _read(Path(question.settings.model))
        note = "a fixed reward from a file, written by people; no language model was asked"
        return Completion(f"```python\n{source}\n```\n", "fixed", "fixed", is_language_model=False, note=note)


def _read(path: Path) -> str:
    if not path.is_file():
        raise UserError(f"provider fixed: llm.model must name the reward's file, {path} is none")
    return path.read_text()
