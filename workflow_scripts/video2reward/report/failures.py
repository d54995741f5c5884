"""Why candidates failed: the stage, one sentence and the traceback."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from video2reward.artifacts.check import Check

# Check -> description.
CHECKS = {
    "extract": "check: finding code in the answer",
    "allowlist": "check: what the code may do",
    "signature": "check: arguments and result",
    "compile": "check: compiling",
    "trial": "check: trial on real states",
}
_RAISED = re.compile(r"^(?:\w+\.)*(?P<kind>\w*(?:Error|Exception|Interrupt)): (?P<text>.+)$", re.MULTILINE)
_LONGEST = 300


@dataclass(frozen=True)
class Failure:
    """One candidate that could not be used.

    iteration, k: from 1; stage: where it failed, in words; reason: one sentence
    traceback: details, "" if there are none beyond the reason
    """

    iteration: int
    k: int
    stage: str
    reason: str
    traceback: str


def find_failure(
    iteration: int, k: int, check: Check, training: dict[str, Any], evaluation: dict[str, Any]
) -> Failure | None:
    """Return where and why a candidate first failed, None if it did not."""
    if not check.ok:
        details = "\n".join(text for text in (check.message, check.traceback) if text)
        stage = CHECKS.get(check.stage, f"check: {check.stage}")
        return Failure(iteration, k, stage, sentence(check.message or check.traceback), _beyond(details))
    for stage, record in (("training", training), ("evaluation", evaluation)):
        if record.get("status") != "ok":
            text = str(record.get("traceback") or "")
            return Failure(iteration, k, stage, sentence(text), _beyond(text))
    return None


def sentence(text: str) -> str:
    """Return an error's cause in one line: the last exception's message, else the first non-empty line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return "no reason was recorded"
    raised = list(_RAISED.finditer(text))
    if raised:
        kind, reason = raised[-1]["kind"], raised[-1]["text"].strip()
        # Our own errors need no class name.
        reason = reason if kind in ("CandidateFailedError", "UserError") else f"{kind}: {reason}"
    else:
        reason = " ".join(lines[:2]) if lines[0].endswith(":") else lines[0]
    return reason if len(reason) <= _LONGEST else f"{reason[:_LONGEST]}..."


def _beyond(text: str) -> str:
    """Return the details, "" if they add nothing to the sentence."""
    text = text.strip()
    return text if text != sentence(text) else ""
