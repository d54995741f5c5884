"""What a loop reached and spent, node by node, as far as it is finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import read_json
from video2reward.artifacts.selection import SeedNoise, Selection, read_selection
from video2reward.results.layout import LoopFolder, RoundFolder
from video2reward.scores.paired import larger_noise
from video2reward.tables.runs import ClipColumn, Planned
from video2reward.tables.spent import Spent, spent_in


@dataclass(frozen=True)
class Trail:
    """The nodes of one loop, in the order of their numbers; a node is a round, whoever its parent is.

    selections, spent: of the finished nodes; evaluation: of the best policy, {} while it is not judged
    """

    planned: Planned
    seed: int
    results: Path
    selections: tuple[Selection, ...]
    spent: tuple[Spent, ...]
    evaluation: dict[str, Any]

    @property
    def name(self) -> str:
        """The loop's display name."""
        return f"{self.planned.name}, seed {self.seed}"

    @property
    def folder(self) -> LoopFolder:
        """Its folder."""
        return self.planned.folder(self.results).loop(self.seed)

    def source(self, file: Path) -> str:
        """Return a file's path relative to the results, as shown in the tables."""
        return file.relative_to(self.results).as_posix()

    @property
    def rounds(self) -> list[RoundFolder]:
        """The folders of its finished nodes."""
        return [self.folder.round(n) for n in range(1, len(self.selections) + 1)]

    @property
    def unfinished(self) -> str:
        """Why there is no total yet, "" if there is one."""
        done, all_of = len(self.selections), self.planned.nodes
        if done < all_of:
            return f"unfinished: {done} of {all_of} round{'s' * (all_of > 1)}"
        return "" if self.evaluation else "unfinished: the best policy is not judged yet"

    @property
    def missing(self) -> str:
        """Why there is no policy, "" if there is one."""
        if self.unfinished:
            return self.unfinished
        last = self.selections[-1]
        return "" if last.best is not None else f"no policy: {last.why}"

    @property
    def noise(self) -> SeedNoise | None:
        """The largest noise between seeds of one reward at its nodes' budgets, None where none is known."""
        return larger_noise(*(one.noise for one in self.selections))

    @cached_property
    def best_so_far(self) -> list[tuple[int, float]]:
        """Environment steps spent -> smallest distance of a best so far, body lengths, after each node that has one.

        The last is the policy that the loop returns, which may be farther where the nearer ones fall.
        """
        found: list[tuple[int, float]] = []
        steps = 0
        for place, (node, spent) in enumerate(zip(self.selections, self.spent, strict=True), 1):
            steps += spent.steps
            own = node.best.distance if node.best else None
            if own is not None:
                returned = place == self.planned.nodes
                nearest = own if returned or not found else min(own, found[-1][1])
                found.append((steps, nearest))
            steps += spent.tuning
        return found

    @cached_property
    def winners(self) -> list[float | None]:
        """The distance of each node's own winner, None where all of its candidates failed."""
        chosen = (
            next((one for one in node.candidates if one.k == node.winner), None) for node in self.selections
        )
        return [one.distance if one else None for one in chosen]

    @cached_property
    def usable(self) -> list[int]:
        """The number of each node's candidates that could be judged."""
        return [sum(one.status == "ok" for one in node.candidates) for node in self.selections]


def read_trails(planned: Sequence[Planned], results: Path) -> list[Trail]:
    """Read every loop of the planned experiments, those without a finished round too."""
    return [_trail(one, seed, results) for one in planned for seed in one.seeds]


def trails_of(trails: Sequence[Trail], method: str, clip: ClipColumn) -> list[Trail]:
    """Return a method's loops on a clip, by seed."""
    found = [one for one in trails if (one.planned.method, one.planned.clip) == (method, clip)]
    return sorted(found, key=lambda one: one.seed)


def _trail(planned: Planned, seed: int, results: Path) -> Trail:
    folder = planned.folder(results).loop(seed)
    selections: list[Selection] = []
    spent: list[Spent] = []
    for n in range(1, planned.nodes + 1):
        if not folder.round(n).selection.exists():
            break
        selections.append(read_selection(folder.round(n).selection))
        spent.append(spent_in(folder.round(n), planned.samples))
    whole = len(selections) == planned.nodes and folder.evaluation.exists()
    evaluation = read_json(folder.evaluation) if whole else {}
    return Trail(planned, seed, results, tuple(selections), tuple(spent), evaluation)
