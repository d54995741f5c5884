"""`critique.json`: what a model or a person said about the robot's motion beside the video's."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.io import Provenance, read_json, typed, write_json
from video2reward.artifacts.prompt import Message

HEADS = {
    "problems": "Problems",
    "rewrite": "Components to rewrite",
    "remove": "Components to remove",
    "add": "Components to add",
}
"""The four heads of an answer, by key, in their order."""
VERDICT = {
    "falls": ("yes", "no"),
    "speed": ("slow", "right", "fast"),
    "steps": ("rare", "right", "often"),
}
"""What the line after the heads says in fixed words, whatever the answer's language: the robot against the video."""


@dataclass(frozen=True)
class CritiqueTurn:
    """One question and its answer.

    attempt: 0, or 1 after an answer without the four heads; messages: all that was sent, pictures with their SHA-256
    """

    attempt: int
    messages: tuple[Message, ...]
    completion: Completion


@dataclass(frozen=True)
class LeftOut:
    """A statement that the measurements contradict.

    head: where it stood, a key of `HEADS` or "verdict"; why: in a sentence
    """

    head: str
    point: str
    why: str


@dataclass(frozen=True)
class Critique:
    """A judgement of one round's best policy.

    turns: in order, none if there was no policy to show; why: why there is no critique, or why it counts as unstructured
    heads: key of `HEADS` -> points, without those in `left_out`; None if the answer does not have the four heads
    trust: how far this judge's word could be trusted when it was asked, in a sentence; "" if nobody was asked
    pictures: their kind, number, size before and after a budget (px), tokens of each as predicted, and by which rule
    verdict: what the critic saw, in the words of `VERDICT`, {} if it did not say; unchecked: why the measurements could not be
    held against the answer, "" if they could
    """

    turns: tuple[CritiqueTurn, ...] = ()
    heads: dict[str, tuple[str, ...]] | None = None
    left_out: tuple[LeftOut, ...] = ()
    why: str = ""
    trust: str = ""
    provenance: Provenance = field(default_factory=dict)
    pictures: dict[str, Any] = field(default_factory=dict)
    verdict: dict[str, str] = field(default_factory=dict)
    unchecked: str = ""

    @property
    def answer(self) -> Completion | None:
        """The last answer, None without any."""
        return self.turns[-1].completion if self.turns else None


def write_critique(path: Path, critique: Critique) -> None:
    """Write critique.json."""
    write_json(path, asdict(critique))


def read_critique(path: Path) -> Critique:
    """Read critique.json."""
    return typed(Critique, read_json(path), path)
