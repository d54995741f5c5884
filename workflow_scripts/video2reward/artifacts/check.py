"""`check_<k>.json`: the verdict on a candidate's code."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from video2reward.artifacts.io import Provenance, read_json, typed, write_json
from video2reward.artifacts.screen import Screen

Stage = Literal["extract", "allowlist", "signature", "compile", "trial", "screen", "done"]


@dataclass(frozen=True)
class Check:
    """Whether a candidate may be trained.

    status: "ok" or "failed"; stage: where it failed, "done" if it did not; "screen": it may be trained, but its model is asked
    first to mend what it pays for
    message: one paragraph for the model and for people; traceback: the details
    limits: name -> the limit that held in the trial, or why it could not be set here
    needed: the signals the reward takes; components: the names of its terms
    seconds_per_call: one evaluation for the trial's agents, s
    rewritten: what was rewritten before compiling, each with the line in the answer's code
    repairs: how often the model was asked to repair code that failed
    screen: what it pays for known motions; None: not asked
    """

    status: Literal["ok", "failed"]
    stage: Stage
    message: str = ""
    traceback: str = ""
    limits: dict[str, Any] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    seconds_per_call: float | None = None
    rewritten: tuple[str, ...] = ()
    repairs: int = 0
    screen: Screen | None = None
    provenance: Provenance = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it may be trained."""
        return self.status == "ok"


def write_check(path: Path, check: Check) -> None:
    """Write check_<k>.json."""
    write_json(path, asdict(check))


def read_check(path: Path) -> Check:
    """Read check_<k>.json."""
    return typed(Check, read_json(path), path)
