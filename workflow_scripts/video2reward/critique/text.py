"""A critique as a part of the feedback, in several lengths."""

from __future__ import annotations

import re

from video2reward.artifacts.critique import HEADS, Critique

_INTRO = "Critique, from pictures of the robot beside the video"
_WHOLE, _SHORT = 20_000, 1500  # most characters of an unstructured critique's versions
_POINTS, _FEW_POINTS = 30, 8  # most points below a head
_POINT, _SHORT_POINT = 600, 200  # most characters of a point


def critique_texts(critique: Critique) -> list[str]:
    """Return the critique, longest version first: whole, then one sentence a point; [] if there is none."""
    if critique.answer is None or not critique.answer.text.strip():
        return []
    left_out = [
        f"Left out of the critique, as the measurements contradict it ({one.why}): {HEADS[one.head].lower()}: {_cut(one.point, _SHORT_POINT)}"
        for one in critique.left_out[:_FEW_POINTS]
        if one.head in HEADS
    ]
    left_out += [
        f"The critic saw {one.point}, which the measurements contradict ({one.why}): do not follow it there."
        for one in critique.left_out
        if one.head not in HEADS
    ]
    if critique.unchecked:
        left_out.append(f"Not held against the measurements: {critique.unchecked}.")
    if critique.heads is None:
        said = critique.answer.text.strip()
        texts = dict.fromkeys(_first_lines(said, most) for most in (_WHOLE, _SHORT))
        return ["\n".join([f"{_INTRO}:", text, *left_out]) for text in texts]
    versions = []
    for most, longest, short in ((_POINTS, _POINT, False), (_FEW_POINTS, _SHORT_POINT, True)):
        lines = [f"{_INTRO}:"]
        for key, words in HEADS.items():
            points = critique.heads[key]
            shown = [_cut(_first_sentence(p) if short else p, longest) for p in points[:most]]
            lines += [f"{words}:", *(f"- {p}" for p in shown)] if points else [f"{words}: none."]
            if len(points) > most:
                lines.append(f"- and {len(points) - most} more points")
        versions.append("\n".join([*lines, *left_out]))
    return list(dict.fromkeys(versions))


def _first_sentence(words: str) -> str:
    return re.split(r"(?<=[.!?])\s|(?<=[。！？])", words, maxsplit=1)[0]


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else f"{words[:longest].rstrip()} ..."


def _first_lines(text: str, longest: int) -> str:
    """Return whole lines up to a length, at least the first line's beginning."""
    if len(text) <= longest:
        return text
    kept = text[:longest]
    return kept.rsplit("\n", 1)[0] if "\n" in kept else kept
