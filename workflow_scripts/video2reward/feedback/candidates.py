"""Text on the round's other candidates: one line of scores each, and the errors of failed ones."""

from __future__ import annotations

import re
from textwrap import shorten

from video2reward.artifacts.selection import Candidate, Selection

_LONGEST, _LONGEST_LINE = 2000, 500
"""Maximum number of characters of a candidate's error, and of one line of it."""


def candidates_text(selection: Selection) -> str:
    """Return the winner with the reason, and the scores of the others; "" without others."""
    others = [c for c in selection.candidates if c.status == "ok" and c != selection.best]
    if not others:
        return ""
    lines = [f"The round's choice: {selection.why}. The other rewards of the round:"]
    if selection.best and selection.best.origin and selection.best in selection.candidates:
        lines[0] = lines[0].replace(" The other", f" The chosen one was {selection.best.origin}. The other")
    told = (f"Candidate {c.k}{_origin(c)}: {candidate_in_words(c)}{_tie(c, selection)}." for c in others)
    return "\n".join([*lines, *told])


def _origin(candidate: Candidate) -> str:
    return f" ({candidate.origin})" if candidate.origin else ""


def _tie(candidate: Candidate, selection: Selection) -> str:
    return "; no difference from the chosen one" if candidate.name in selection.tied else ""


def candidate_in_words(candidate: Candidate) -> str:
    """Return a candidate's known figures, in words."""
    forms = (
        (candidate.gait, "gait distance {:.3f} body lengths"),
        (candidate.judged if candidate.posture else None, "{:.3f} with its posture"),
        (candidate.wish, "{:.0%} of the wish fulfilled"),
        (candidate.preference, "preferred in {:.0%} of its comparisons"),
        (candidate.success, "success {:.3f}"),
        (candidate.falls, "{:.0%} fell"),
        (candidate.velocity_error, "velocity error {:.2f} m/s"),
    )
    return ", ".join(form.format(value).replace("%", " %") for value, form in forms if value is not None)


def screen_text(selection: Selection) -> str:
    """Return for which worse motions the best reward, and others of the round, pay as much; "" if for none."""
    best = selection.best
    others = [one for one in selection.candidates if one.status == "ok" and one.name != (best and best.name)]
    told = [f"The reward of {one.name}:\n{one.screen}" for one in others if one.screen]
    if best and best.screen:
        told.insert(0, f"The reward above:\n{best.screen}")
    head = "On recorded motions of this robot, rewards should pay most for the video's; these do not."
    return "\n".join([head, *told]) if told else ""


def failure_texts(selection: Selection) -> list[str]:
    """Return the failures in versions of decreasing length: full, one line each, only the count."""
    failed = [c for c in selection.candidates if c.status != "ok"]
    if not failed:
        return [""]
    count, usable = len(selection.candidates), len(selection.candidates) - len(failed)
    head = f"{f'Only {usable}' if usable else 'None'} of the {count} reward functions of this round could be used."
    if count == 1:
        head = "The one reward function of this round could not be used."
    versions = []
    for longest in (_LONGEST, 0):
        errors: dict[str, list[str]] = {}
        for candidate in failed:
            errors.setdefault(excerpt(candidate.traceback, longest), []).append(str(candidate.k))
        told = [f"Candidate{'s' * (len(ks) > 1)} {', '.join(ks)}: {error}" for error, ks in errors.items()]
        versions.append("\n\n".join([head, *told]))
    return [*versions, head]


def excerpt(text: str, longest: int) -> str:
    """Return whole lines of an error within `longest` characters, at least one, with a note on omitted lines.

    A Python traceback keeps its last lines, which have the cause; any other text its first. Lines longer than
    _LONGEST_LINE are shortened. Paths are reduced to file names, so that prompts do not differ between computers.
    """
    text = re.sub(r'File "[^"]*[/\\]([^"/\\]+)"', r'File "\1"', text)
    lines = [
        line if len(line) <= _LONGEST_LINE else shorten(line, _LONGEST_LINE, placeholder=" [...]")
        for line in text.strip().splitlines()
    ] or ["no reason was recorded"]
    traced = lines[0].startswith("Traceback")
    ordered = lines[::-1] if traced else lines
    kept = 1
    while kept < len(lines) and sum(len(line) + 1 for line in ordered[: kept + 1]) <= longest:
        kept += 1
    left = len(lines) - kept
    told = lines[left:] if traced else lines[:kept]
    if left:
        note = f"({left} {'earlier' if traced else 'further'} line{'s' * (left > 1)} left out)"
        told = [note, *told] if traced else [*told, note]
    return "\n".join(told)
