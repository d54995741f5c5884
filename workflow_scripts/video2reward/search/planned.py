"""What is known of a search before it runs: its nodes, and which files each may read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from video2reward.artifacts.parent import read_parents
from video2reward.search.graph import Graph, greedy, grown, population
from video2reward.settings.search import Search


def planned_graph(search: Search, iterations: int) -> Graph:
    """Return the graph of a search; a tree's nodes have no parents before they are chosen."""
    if search.kind == "population":
        return population(iterations, search.islands, search.crossover)
    return grown({}, iterations) if search.kind == "tree" else greedy(iterations)


def made_graph(search: Search, iterations: int, choice: Callable[[int], Path]) -> Graph:
    """Return the graph of a search that has run; choice: node -> its parent.json, which a tree's have from the second on."""
    if search.kind != "tree":
        return planned_graph(search, iterations)
    return grown(read_parents([choice(n) for n in range(2, iterations + 1)]), iterations)


def last_node(search: Search, iterations: int) -> int:
    """Return the number of nodes."""
    return iterations * (search.islands if search.kind == "population" else 1)


def compared_at_the_end(search: Search, iterations: int) -> tuple[int, ...]:
    """Return the nodes whose bests the last node's selection compares, besides its own line's.

    Of a tree these are all before, as its leaves are not known yet; a best that is not a leaf's changes nothing.
    """
    graph = planned_graph(search, iterations)
    return tuple(n for n in graph.leaves if n != graph.last)


def shown_later(search: Search, iterations: int) -> range:
    """Return the nodes that a later prompt shows or may show."""
    last_ones = search.islands if search.kind == "population" else 1
    return range(1, last_node(search, iterations) - last_ones + 1)
