"""`parent.json`: which node a tree's new node continues, and what spoke for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from video2reward.artifacts.io import Provenance, read_json, typed, write_json


@dataclass(frozen=True)
class Option:
    """A node that could be continued; node 0 is the root, a fresh start.

    value: 0..1, mean score of the node and of those that continued it; visits: their number; bound: upper, on the value
    """

    node: int
    value: float
    visits: int
    bound: float


@dataclass(frozen=True)
class ParentChoice:
    """The choice of a node's parent.

    parent: None for a fresh start; depth: rounds of the node's line, itself included; why: a sentence
    scores: 0..1, of the winner of each node before, from node 1
    """

    node: int
    parent: int | None
    depth: int
    why: str
    options: tuple[Option, ...] = ()
    scores: tuple[float, ...] = ()
    provenance: Provenance = field(default_factory=dict)

    def with_provenance(self, provenance: Provenance) -> ParentChoice:
        """Return it with a provenance."""
        return replace(self, provenance=provenance)


def write_parent(path: Path, choice: ParentChoice) -> None:
    """Write parent.json."""
    write_json(path, asdict(choice))


def read_parent(path: Path) -> ParentChoice:
    """Read parent.json; a file of another kind is a `UserError`."""
    return typed(ParentChoice, read_json(path), path)


def read_parents(paths: Sequence[Path]) -> dict[int, int | None]:
    """Return node -> chosen parent of several such files."""
    return {choice.node: choice.parent for choice in map(read_parent, paths)}
