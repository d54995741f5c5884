"""`preferences.json`: which of two robots people preferred, choice by choice."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from video2reward.artifacts.io import read_json, typed, write_json

Chosen = Literal["left", "right", "equal"]


@dataclass(frozen=True)
class Choice:
    """One person's choice between two films that were shown side by side.

    who: the person; when: UTC, ISO 8601; seed: of the order in which this person saw the pairs
    pair: whose films were shown left and right, in words; films: their SHA-256, by which a choice holds
    """

    who: str
    when: str
    seed: int
    pair: tuple[str, str]
    films: tuple[str, str]
    chosen: Chosen


@dataclass(frozen=True)
class Preferences:
    """All choices about a round, in the order in which they were made."""

    choices: tuple[Choice, ...] = ()


def write_preferences(path: Path, preferences: Preferences) -> None:
    """Write preferences.json."""
    write_json(path, asdict(preferences))


def read_preferences(path: Path | None) -> Preferences:
    """Read preferences.json; no choices if there is none yet."""
    if path is None or not path.exists():
        return Preferences()
    return typed(Preferences, read_json(path), path)
