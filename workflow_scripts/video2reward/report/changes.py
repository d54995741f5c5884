"""Line-by-line changes of the best reward between rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from video2reward.artifacts.selection import Candidate, Selection
from video2reward.report.gather import LoopView

Sign = Literal[" ", "+", "-"]


@dataclass(frozen=True)
class Line:
    """One line of code: sign " " unchanged, "+" added, "-" removed."""

    sign: Sign
    text: str


@dataclass(frozen=True)
class RewardChange:
    """The best reward after a round, compared with the one after the previous round.

    candidate: the reward's candidate, None if none could be used so far
    said: one sentence; lines: the whole reward with removed lines in place, () without a reward
    """

    iteration: int
    candidate: Candidate | None
    said: str
    lines: tuple[Line, ...]

    @property
    def added(self) -> int:
        """Number of added lines."""
        return sum(line.sign == "+" for line in self.lines)

    @property
    def removed(self) -> int:
        """Number of removed lines."""
        return sum(line.sign == "-" for line in self.lines)


def reward_changes(loop: LoopView) -> tuple[RewardChange, ...]:
    """Return the best reward of every round with its changes since its parent, which is the round before in a greedy search."""
    found = []
    for n, selection, text in zip(loop.graph.nodes, loop.selections, loop.rewards, strict=True):
        parent = loop.graph.first(n)
        previous, old = (loop.selections[parent - 1], loop.rewards[parent - 1]) if parent else (None, "")
        found.append(_change(selection, text, previous, old, loop.graph.label(n).capitalize()))
    return tuple(found)


def line_changes(old: str, new: str) -> tuple[Line, ...]:
    """Return the lines of `new`, with removed lines of `old` in place."""
    a, b = old.splitlines(), new.splitlines()
    found: list[Line] = []
    # No junk heuristic: frequent lines matter in code.
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            found += _signed(" ", b[b0:b1])
        else:
            found += _signed("-", a[a0:a1]) + _signed("+", b[b0:b1])
    return tuple(found)


def _change(
    selection: Selection, text: str, previous: Selection | None, old: str, place: str
) -> RewardChange:
    best, n = selection.best, selection.iteration
    if best is None:
        return RewardChange(n, None, f"{place}: no candidate could be used so far.", ())
    if previous is None or previous.best is None:
        lines = tuple(_signed(" ", text.splitlines()))
        return RewardChange(n, best, f"{place}: the reward of {best.name}, the first one.", lines)
    lines = line_changes(old, text)
    kept = (best.iteration, best.k) == (previous.best.iteration, previous.best.k)
    change = RewardChange(n, best, "", lines)
    if kept:
        said = f"{place}: nothing changed, the reward of {best.name} stays the best."
    elif not change.added and not change.removed:
        said = f"{place}: {best.name} is the best, its reward is the one before to the letter."
    else:
        said = (
            f"{place}: the reward of {best.name} replaces that of {previous.best.name}: "
            f"{_lines(change.added)} new, {_lines(change.removed)} gone."
        )
    return RewardChange(n, best, said, lines)


def _signed(sign: Sign, texts: Sequence[str]) -> list[Line]:
    return [Line(sign, text) for text in texts]


def _lines(count: int) -> str:
    return f"{count} line" if count == 1 else f"{count} lines"
