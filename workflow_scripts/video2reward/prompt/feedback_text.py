"""What the last round says to the next: the best reward, its judgement, or the errors of all candidates."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 2000
"""Characters of one candidate's error."""


@dataclass(frozen=True)
class Round:
    """The round before.

    feedback: feedback.json; selection: selection.json
    reward: source of the best reward so far, normalised; "" if there is none
    """

    feedback: Mapping[str, Any]
    selection: Mapping[str, Any]
    reward: str

    @property
    def failed(self) -> bool:
        """Whether no candidate of the round could be used."""
        return self.feedback.get("status") == "failed"


def normalised(source: str) -> str:
    """Return source code without comments, in one layout, so that a comment changes no prompt."""
    try:
        return ast.unparse(ast.parse(source)).strip()
    except (SyntaxError, ValueError, RecursionError):
        return source.strip()


def error_text(last: Round) -> str:
    """Return the errors of a failed round, one paragraph a candidate."""
    if text := str(last.feedback.get("text") or "").strip():
        return text
    errors = last.feedback.get("errors") or {
        str(c.get("k")): c.get("traceback") for c in last.selection.get("candidates", ())
    }
    found = [f"Candidate {k}: {str(error).strip()[-LONGEST:]}" for k, error in errors.items() if error]
    return "\n\n".join(found) or "No reason was recorded."
