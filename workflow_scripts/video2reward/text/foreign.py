"""Quote text from a candidate's code: no control characters, shortened, never mistaken for our own messages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from video2reward.text.visible import visible

_RAISED = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception)\b.*")

_MOST, _LONGEST = 5, 4000  # names; characters


def shown(names: Iterable[str]) -> str:
    """Return the first few foreign names, each shortened and escaped."""
    known = sorted(names)
    texts = [
        (name[:40] + "..." * (len(name) > 40)).encode("unicode_escape").decode() for name in known[:_MOST]
    ]
    return ", ".join(texts) + (f" and {len(known) - _MOST} more" if len(known) > _MOST else "")


def raised(error: BaseException) -> tuple[str, str]:
    """Return an error raised by a candidate's code: the cause in one line, and the details, indented.

    The text is the candidate's own, so no line of it may look like one of ours.
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
