"""The films between which people choose, and what their choices say about the candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from video2reward.artifacts.io import digest
from video2reward.artifacts.preferences import Preferences
from video2reward.artifacts.selection import Candidate
from video2reward.errors import UserError
from video2reward.scores.preference import missing, tallies

BEFORE = "the best before"


def contestants(
    candidates: Sequence[Candidate],
    films: Sequence[Path],
    previous: Candidate | None,
    previous_film: Path | None,
) -> dict[str, Path]:
    """Return name -> film of the round's usable candidates, and of the best of the rounds before."""
    found = {_called(c): film for c, film in zip(candidates, films, strict=True) if c.status == "ok"}
    return found | ({BEFORE: previous_film} if previous is not None and previous_film is not None else {})


def with_preferences(
    candidates: Sequence[Candidate],
    previous: Candidate | None,
    films: Mapping[str, Path],
    preferences: Preferences,
    folder: Path,
) -> tuple[list[Candidate], Candidate | None]:
    """Return the candidates and the best before with their preference scores.

    While a pair has no choice, a `UserError` says what to do; folder: the round's.
    """
    digests = {name: digest(film) for name, film in films.items()}
    if open_pairs := missing(digests, preferences.choices):
        raise UserError(
            f"selection preference: {folder} waits for {len(open_pairs)} choice{'s' * (len(open_pairs) > 1)} between films; "
            f"choose on a page with make prefer ROUND={folder}, or copy preferences.json of the same films there, then run "
            "the same command again"
        )
    found = tallies(digests, preferences.choices)
    score = {name: tally.score for name, tally in found.items()}
    judged = [replace(c, preference=score.get(_called(c))) for c in candidates]
    return judged, replace(previous, preference=score.get(BEFORE)) if previous is not None else None


def _called(candidate: Candidate) -> str:
    return f"candidate {candidate.k}"
