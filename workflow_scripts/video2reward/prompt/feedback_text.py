"""What the last round says to the next: the best reward, its judgement, and what candidates failed of."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Round:
    """The round before.

    feedback: feedback.json; its sections hold each part of the judgement in versions, the longest first
    reward: source of the best reward so far, normalised; "" if there is none
    """

    feedback: Mapping[str, Any]
    reward: str

    @property
    def failed(self) -> bool:
        """Whether no candidate of the round could be used."""
        return self.feedback.get("status") == "failed"

    def said(self, versions: Mapping[str, int]) -> dict[str, str]:
        """Return part -> text; `versions` says which one where it is not the longest, one too high leaves it out."""
        sections: Mapping[str, list[str]] = self.feedback["sections"]
        chosen = {name: texts[versions.get(name, 0) :] for name, texts in sections.items()}
        return {name: texts[0].strip() for name, texts in chosen.items() if texts}


def normalised(source: str) -> str:
    """Return source code without comments, in one layout, so that a comment changes no prompt."""
    try:
        return ast.unparse(ast.parse(source)).strip()
    except (SyntaxError, ValueError, RecursionError):
        return source.strip()
