"""Read a score from an answer, however it is laid out."""

from __future__ import annotations

import re

_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.I | re.S)
_RANGE = re.compile(r"\(?\b(?:from\s+|between\s+)?0\s*(?:-|–|—|to|and|\.\.+)\s*100\b\)?", re.I)
_NUMBER = r"(?P<number>\d+(?:[.,]\d+)?)"
_OUT_OF = r"\s*(?:/|out of|of)\s*(?P<whole>10|20|100)\b"
_WAYS = (
    # A line of its own, as asked for
    re.compile(rf"^\W*score\W*?[:=]\s*{_NUMBER}(?:{_OUT_OF})?", re.I | re.M),
    # Score: 62, **Score** = 62/100, "score": 62, I give it a score of 62
    re.compile(rf"\bscore\b[^\w\n]{{0,8}}(?:\b(?:is|of|would be)\b)?\s*[:=]?\s*(?<![-−\d.]){_NUMBER}(?:{_OUT_OF})?", re.I),
    re.compile(rf"(?<![-−\d.]){_NUMBER}{_OUT_OF}", re.I),
    re.compile(rf"^\W*(?<![-−]){_NUMBER}\s*(?:points?)?\W*$", re.I | re.M),
)  # fmt: skip


def read_score(text: str) -> float | None:
    """Return the score, 0..100; None if there is none, or one outside.

    The last one counts where an answer names several, since models think aloud. "8 out of 10" is 80.
    """
    said = _RANGE.sub(" ", re.sub(r"[*_`#]", "", _THOUGHTS.sub("", text)))
    for way in _WAYS:
        found = [score for one in way.finditer(said) if (score := _scaled(one)) is not None]
        if found:
            return found[-1]
    return None


def _scaled(found: re.Match[str]) -> float | None:
    """Return a number out of a hundred; None if it is not within 0..100."""
    number = float(found["number"].replace(",", "."))
    whole = float(found.groupdict().get("whole") or 100)
    score = 100 * number / whole if whole else -1.0
    return score if 0 <= score <= 100 else None
