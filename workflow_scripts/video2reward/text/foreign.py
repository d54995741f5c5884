"""Quoting what code of a candidate says: without control characters, cut, and never like words of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable

from video2reward.text.visible import visible

_RAISED = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception)\b.*")

_MOST, _LONGEST = 5, 4000  # names; characters


def shown(names: Iterable[str]) -> str:
    """Return foreign names, each cut, escaped, and of many the first."""
    known = sorted(names)
    texts = [
        (name[:40] + "..." * (len(name) > 40)).encode("unicode_escape").decode() for name in known[:_MOST]
    ]
    return ", ".join(texts) + (f" and {len(known) - _MOST} more" if len(known) > _MOST else "")


def raised(error: BaseException) -> tuple[str, str]:
    """Return what code of a candidate raised: the cause in a line, and the details, indented.

    Its text is the candidate's own; no line of it may look like one of ours.
    """
    text = str(error)
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]}\n...\n{text[-_LONGEST // 2 :]}"
    lines = [line.rstrip() for line in visible(text).splitlines() if line.strip()]
    cause = next((line for line in lines if _RAISED.match(line)), None)
    if cause is None:
        cause = f"{type(error).__name__}: {lines[0] if lines else 'no reason given'}"
    details = "\n".join(f"    {line}" for line in lines) if len(lines) > 1 else ""
    return cause[:300], details
