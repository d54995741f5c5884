"""What the last round says to the next: the best reward, its judgement, or the errors of all candidates."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
    except SyntaxError:
        return source.strip()


def error_text(last: Round) -> str:
    """Return the errors of a failed round, one paragraph a candidate."""
    parts = [str(last.feedback.get("text") or "").strip()]
    found = last.feedback.get("errors") or last.selection.get("errors") or last.selection.get("candidates")
    items = found.items() if isinstance(found, Mapping) else enumerate(found or (), start=1)
    for name, item in items:
        text = _error(item)
        if text and not any(text in part for part in parts):
            parts.append(f"Candidate {name}: {text}")
    return "\n\n".join(part for part in parts if part) or "No reason was recorded."


def _error(item: Any, limit: int = 2000) -> str:
    """Return the message of one candidate's error, whichever way it was recorded."""
    if isinstance(item, Mapping):
        words = (item.get("stage"), item.get("message") or item.get("reason") or item.get("traceback"))
        return ": ".join(str(w) for w in words if w)[:limit]
    return str(item)[:limit]
