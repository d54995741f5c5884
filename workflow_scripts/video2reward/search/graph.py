"""The search as a graph: a node is a round's prompt, candidates and selection; its parents are whose rewards the prompt shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Graph:
    """Nodes by number, from 1; a node's parents have smaller numbers.

    parents: of each node, first the one whose line it continues; () for a fresh start
    islands: lines of a population side by side, 0 for other kinds; tree: whether parents were chosen one by one
    """

    parents: tuple[tuple[int, ...], ...]
    islands: int = 0
    tree: bool = False

    @property
    def nodes(self) -> range:
        """The numbers of all nodes."""
        return range(1, len(self.parents) + 1)

    @property
    def last(self) -> int:
        """The last node, whose selection compares the bests of all lines."""
        return len(self.parents)

    def of(self, n: int) -> tuple[int, ...]:
        """Return a node's parents."""
        return self.parents[n - 1]

    def first(self, n: int) -> int | None:
        """Return the parent whose line a node continues; None for a fresh start."""
        return next(iter(self.of(n)), None)

    def second(self, n: int) -> int | None:
        """Return the other parent of a crossover, None for other nodes."""
        return next(iter(self.of(n)[1:]), None)

    def line(self, n: int) -> tuple[int, ...]:
        """Return the nodes from a fresh start to a node, itself included, each the first parent of the next."""
        parent = self.first(n)
        return (*(self.line(parent) if parent else ()), n)

    def depth(self, n: int) -> int:
        """Return the number of rounds that a node's line has, itself included."""
        return len(self.line(n))

    @cached_property
    def continued(self) -> tuple[int, ...]:
        """The nodes whose line another one continues."""
        return tuple(sorted({parent for n in self.nodes if (parent := self.first(n))}))

    @cached_property
    def leaves(self) -> tuple[int, ...]:
        """The nodes whose line nobody continues: their bests would be lost without a last comparison."""
        return tuple(n for n in self.nodes if n not in self.continued)

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """All pairs of parent and child, by the child's number."""
        return tuple((parent, n) for n in self.nodes for parent in self.of(n))

    @property
    def plain(self) -> bool:
        """Whether it is a single line, round after round."""
        return not self.islands and not self.tree

    def label(self, n: int) -> str:
        """Return a node's name: round 2, round 2 on island 1, node 2."""
        if self.islands:
            return f"round {self.round(n)} on island {(n - 1) % self.islands + 1}"
        return f"node {n}" if self.tree else f"round {n}"

    def words(self, n: int) -> str:
        """Return a node's name with what it continues."""
        parents = [self.label(parent) for parent in self.of(n)]
        if self.plain or (self.islands and len(parents) < 2):
            return self.label(n)
        after = f"after {' and '.join(parents)}" if parents else "a fresh start"
        return f"{self.label(n)}, {after}"

    def round(self, n: int) -> int:
        """Return the round that a node belongs to; of a tree, whose nodes follow one another, its number."""
        return (n - 1) // self.islands + 1 if self.islands else n

    def in_round(self, r: int) -> tuple[int, ...]:
        """Return the nodes of a round."""
        return tuple(n for n in self.nodes if self.round(n) == r)


def greedy(rounds: int) -> Graph:
    """Return a single line of rounds."""
    return Graph(tuple((n - 1,) if n > 1 else () for n in range(1, rounds + 1)))


def population(rounds: int, islands: int, crossover: int) -> Graph:
    """Return islands side by side; node (round r, island i) has the number (r - 1) * islands + i.

    crossover: in every so manieth round a node's second parent is the next island's node of the round before; 0: never
    """

    def parents(r: int, i: int) -> tuple[int, ...]:
        if r == 1:
            return ()
        before = (r - 2) * islands
        crossed = crossover > 0 and r % crossover == 0
        return (before + i, *([before + i % islands + 1] if crossed else []))

    places = [(r, i) for r in range(1, rounds + 1) for i in range(1, islands + 1)]
    return Graph(tuple(parents(r, i) for r, i in places), islands=islands)


def grown(parents: Mapping[int, int | None], nodes: int) -> Graph:
    """Return the tree that was grown; parents: node -> chosen parent, None for the root, as is every node that is missing."""
    chosen = [parents.get(n) for n in range(1, nodes + 1)]
    return Graph(tuple((parent,) if parent else () for parent in chosen), tree=True)
