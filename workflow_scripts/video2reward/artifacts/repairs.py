"""`repairs_<k>.json`: repairs of a candidate that failed its checks, and their outcome."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.io import Provenance, read_json, typed, write_json
from video2reward.artifacts.prompt import Message


@dataclass(frozen=True)
class Repair:
    """One question and its answer.

    attempt: its number, from 1; error: the fault as the model was told it; cause: the stage at which the code before it
    failed, "screen" if that could be trained as it was
    messages: everything that was sent; completion: the answer, with tokens and price
    status, stage, message: the checks' verdict on the new code, as in check_<k>.json
    """

    attempt: int
    error: str
    messages: tuple[Message, ...]
    completion: Completion
    status: str
    stage: str
    message: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Repairs:
    """A candidate's repairs in order, none if the first answer passed.

    why: why no further repair was asked for although the code failed or pays for the wrong motion, "" if it passed
    """

    repairs: tuple[Repair, ...] = ()
    why: str = ""
    provenance: Provenance = field(default_factory=dict)

    @property
    def failures(self) -> int:
        """How many of them were asked for because the code failed, not by the screen."""
        return sum(repair.cause != "screen" for repair in self.repairs)


def write_repairs(path: Path, repairs: Repairs) -> None:
    """Write repairs_<k>.json."""
    write_json(path, asdict(repairs))


def read_repairs(path: Path) -> Repairs:
    """Read repairs_<k>.json."""
    return typed(Repairs, read_json(path), path)
