"""A critique as a part of the feedback, in several lengths."""

from __future__ import annotations

import re

from video2reward.artifacts.critique import HEADS, Critique

_INTRO = "Critique, from pictures of the robot beside the video"
_SHORT = 1500  # characters of an unstructured critique's short version


def critique_texts(critique: Critique) -> list[str]:
    """Return the critique, longest version first: whole, then one sentence a point; [] if there is none."""
    if critique.answer is None or not critique.answer.text.strip():
        return []
    left_out = [
        f"Left out of the critique, as the measurements contradict it ({one.why}): {HEADS[one.head].lower()}: {one.point}"
        for one in critique.left_out
    ]
    if critique.heads is None:
        whole = critique.answer.text.strip()
        texts = [whole, _first_lines(whole)] if len(whole) > _SHORT else [whole]
        return [f"{_INTRO}:\n{text}" for text in texts]
    versions = []
    for short in (False, True):
        lines = [f"{_INTRO}:"]
        for key, words in HEADS.items():
            points = [_first_sentence(p) if short else p for p in critique.heads[key]]
            lines += [f"{words}:", *(f"- {p}" for p in points)] if points else [f"{words}: none."]
        versions.append("\n".join([*lines, *left_out]))
    return list(dict.fromkeys(versions))


def _first_sentence(words: str) -> str:
    return re.split(r"(?<=[.!?])\s", words, maxsplit=1)[0]


def _first_lines(text: str) -> str:
    """Return whole lines up to the short version's length, at least the first line's beginning."""
    kept = text[:_SHORT]
    return kept.rsplit("\n", 1)[0] if "\n" in kept else kept
