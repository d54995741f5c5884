"""What the last round passes to the next: the best reward, its feedback, and why candidates failed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Round:
    """The previous round.

    feedback: feedback.json; its sections hold each part of the feedback in several versions, longest first
    reward: source of the best reward so far, normalised; "" if there is none
    """

    feedback: Mapping[str, Any]
    reward: str

    @property
    def failed(self) -> bool:
        """Whether no candidate of the round could be used."""
        return self.feedback.get("status") == "failed"

    def said(self, versions: Mapping[str, int]) -> dict[str, str]:
        """Return part -> text; `versions` selects a shorter version, and a number beyond the last omits the part."""
        sections: Mapping[str, list[str]] = self.feedback["sections"]
        chosen = {name: texts[versions.get(name, 0) :] for name, texts in sections.items()}
        return {name: texts[0].strip() for name, texts in chosen.items() if texts}


def normalised(source: str) -> str:
    """Return source code without comments in a normalised layout, so that comments do not change the prompt."""
    try:
        return ast.unparse(ast.parse(source)).strip()
    except (SyntaxError, ValueError, RecursionError):
        return source.strip()
