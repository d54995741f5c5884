"""Which node a tree continues: the highest upper confidence bound (UCB1, Auer et al. 2002), over nodes and the root."""

from __future__ import annotations

import math
from collections.abc import Sequence

from video2reward.artifacts.parent import Option, ParentChoice
from video2reward.search.graph import Graph

ROOT = 0


def confidence_options(graph: Graph, scores: Sequence[float], exploration: float) -> tuple[Option, ...]:
    """Return every node, then the root, with value, visits and bound.

    A node was visited when it was made and whenever it was continued; the root whenever a line began.

    graph: of all nodes so far; scores: 0..1, of each; exploration: weight of sqrt(ln(all visits) / visits)
    """
    seen: dict[int, list[float]] = {n: [scores[n - 1]] for n in graph.nodes} | {ROOT: []}
    for n in graph.nodes:
        seen[graph.first(n) or ROOT].append(scores[n - 1])
    total = sum(map(len, seen.values()))

    def option(node: int, found: list[float]) -> Option:
        value = sum(found) / len(found)
        return Option(node, value, len(found), value + exploration * math.sqrt(math.log(total) / len(found)))

    return tuple(option(node, found) for node, found in seen.items())


def choose_parent(graph: Graph, scores: Sequence[float], exploration: float) -> ParentChoice:
    """Return the choice for the next node; of equal bounds the lowest number, the root last.

    graph: of all nodes so far, at least one; scores: 0..1, of each
    """
    options = confidence_options(graph, scores, exploration)
    best = max(options, key=lambda option: option.bound)  # the first of equals
    parent = best.node or None
    return ParentChoice(
        node=graph.last + 1,
        parent=parent,
        depth=1 + (graph.depth(parent) if parent else 0),
        why=f"{_named(best)} has the highest bound, {best.bound:.3f}: value {best.value:.3f} over "
        f"{best.visits} visit{'s' * (best.visits > 1)}, and {best.bound - best.value:.3f} for being tried so seldom",
        options=options,
        scores=tuple(scores),
    )


def _named(option: Option) -> str:
    return f"node {option.node}" if option.node else "a fresh start"
