"""Read an answer under four heads, however it is laid out: numbered, bold, with Markdown headings or "none"."""

from __future__ import annotations

import re

from video2reward.artifacts.critique import HEADS, VERDICT
from video2reward.critique.languages import NONE, has_english_words, translated_head

_PART = r"(?:(?:reward )?(?:components?|terms?)(?: of the reward(?: function)?)?)"


def _asked(verbs: str) -> str:
    """Return the pattern of a head about components: "components to be rewritten", "rewrite components", "rewrite"."""
    return rf"{_PART} (?:to |that should |which should )?(?:be )?(?:{verbs})|(?:{verbs})(?: (?:new |these )?{_PART})?"


_HEADS = {
    "problems": r"(?:the )?(?:main |observed |visible )?(?:problems?|issues?)(?: (?:of|with|in|seen)\b.*)?",
    "rewrite": _asked(r"rewrit\w+|modif\w+|change\w*"),
    "remove": _asked(r"remov\w+|delet\w+|drop\w*"),
    "add": rf"{_asked(r'add(?:ed)?')}|new {_PART}",
}
_PATTERNS = {key: re.compile(pattern, re.I) for key, pattern in _HEADS.items()}
_NUMBER = re.compile(r"^[(（]?(?:(?:\d{1,2}|[ivx]{1,4}|[a-d])[.):]\s+|[\d一二三四][、.．)）]\s*)", re.I)
_BULLET = re.compile(r"^(?:[-•–+]|\*(?!\*))\s+|^\(?(?:\d{1,2}|[a-h])[.)]\s+")
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.I | re.S)
_NONE = re.compile(r"\W*(?:none|nothing|no|n/?a|nil|-)?(?: (?:needed|necessary|required|at all))?\W*", re.I)
_VERDICT = re.compile(r"^\W*verdict\W{1,6}(?=\w+\W{1,4}\w)", re.I)
# Not where the choice that was offered stands there as it was.
_SAID = re.compile(r"(\w{1,20})\W{0,4}[=:：]\W{0,4}(\w{1,20})\b(?!\s*(?:\||/|or\b))")
_LONGEST_HEAD = 60  # characters


def read_heads(text: str) -> dict[str, tuple[str, ...]] | None:
    """Return key of `HEADS` -> points, empty for "none"; None if one of the four heads is missing."""
    points: dict[str, list[str]] = {}
    here, fresh = "", True
    for line in _THOUGHTS.sub("", text).splitlines():
        if _VERDICT.match(line):
            here = ""
        if head := _head(line):
            here, rest, _ = head
            points.setdefault(here, [])
            line, fresh = rest, True
        if not here:
            continue
        bullet = _BULLET.match(line.strip())
        words = _plain(line.strip()[bullet.end() :] if bullet else line)
        if not words:
            fresh = True
        elif bullet or fresh or not points[here]:
            points[here].append(words)
            fresh = False
        else:
            points[here][-1] += f" {words}"
    if set(points) != set(HEADS):
        return None
    return {
        key: tuple(p for p in points[key] if not (_NONE.fullmatch(p) or NONE.fullmatch(p))) for key in HEADS
    }


def read_verdict(text: str) -> dict[str, str]:
    """Return what the line "Verdict: falls=no, speed=slow, ..." says, as in `VERDICT`; {} without one, the last of several."""
    found: dict[str, str] = {}
    for line in _THOUGHTS.sub("", text).splitlines():
        if head := _VERDICT.match(line):
            said = dict(_SAID.findall(line[head.end() :].lower()))
            found = {key: said[key] for key, words in VERDICT.items() if said.get(key) in words} or found
    return found


def in_english(text: str) -> bool:
    """Tell whether an answer is in English, by its words and its heads."""
    heads = [_head(line) for line in _THOUGHTS.sub("", text).splitlines()]
    return has_english_words(text) and not any(head and head[2] for head in heads)


def missing_heads(text: str) -> list[str]:
    """Return the heads, in words, that an answer does not have."""
    found = {head[0] for line in _THOUGHTS.sub("", text).splitlines() if (head := _head(line))}
    return [words for key, words in HEADS.items() if key not in found]


def _head(line: str) -> tuple[str, str, bool] | None:
    """Return the key of the head that a line begins with, what follows, and whether the head is translated; None without."""
    bare = line.strip()
    if re.match(r"[-•–+]\s|\*\s", bare):
        return None
    bare = _plain(bare.lstrip("#> "))
    bare = _NUMBER.sub("", bare)
    words, rest = [*re.split(r"[:：]", bare[: 2 * _LONGEST_HEAD], maxsplit=1), ""][:2]
    rest += bare[2 * _LONGEST_HEAD :]
    words = re.sub(r"\s*[(（][^()（）]*[)）]$", "", words.strip())
    if not words or len(words) > _LONGEST_HEAD:
        return None
    for key, pattern in _PATTERNS.items():
        if pattern.fullmatch(words):
            return key, rest, False
    return (key, rest, True) if (key := translated_head(words)) else None


def _plain(words: str) -> str:
    """Return a line without Markdown's marks for bold, italics and rules."""
    return re.sub(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|^-{3,}$|`{3,}", "", words).strip()
