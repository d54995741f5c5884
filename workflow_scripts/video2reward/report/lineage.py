"""The search of a population or a tree as a drawing: nodes with their distances, who continued whom, the winner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from video2reward.pages.svg import BLACK, COLOURS, GREY, new_figure, style, svg
from video2reward.report.gather import LoopView
from video2reward.search.graph import Graph


@dataclass(frozen=True)
class Spot:
    """A node in the drawing: its place, columns and lanes from 0, and the gait distance of its winner, None if all failed."""

    n: int
    column: int
    lane: int
    distance: float | None
    best: bool


def spots(loop: LoopView) -> list[Spot]:
    """Return the nodes of a loop: of a population by round and island, of a tree by depth and by the line they are on."""
    graph, lanes = loop.graph, node_lanes(loop.graph)
    winners = {one.iteration: one.evaluation for one in loop.candidates if one.winner}
    best = loop.best.iteration if loop.best else 0
    return [Spot(n, graph.depth(n) - 1, lanes[n], _distance(winners.get(n)), n == best) for n in graph.nodes]


def node_lanes(graph: Graph) -> dict[int, int]:
    """Return node -> lane, from 0: a node's first child stays on its lane, each further line is below, so that none cross."""
    lanes: dict[int, int] = {}
    waiting = [n for n in reversed(graph.nodes) if graph.first(n) is None]
    lane = 0
    while waiting:
        n = waiting.pop()
        lanes[n] = lane
        children = [child for child in graph.nodes if graph.first(child) == n]
        waiting += reversed(children)
        lane += not children
    return lanes


def draw_search(loop: LoopView) -> str:
    """Draw the graph of a loop's search; SVG.

    Lines go from a node to those that continue it, dashed ones from a crossover's second parent; the loop's best is black.
    """
    found = {spot.n: spot for spot in spots(loop)}
    lanes = 1 + max(spot.lane for spot in found.values())
    figure = new_figure(0.5 + 0.62 * lanes)
    with style():
        axes = figure.subplots()
        for parent, n in loop.graph.edges:
            _edge(axes, found[parent], found[n], crossed=parent != loop.graph.first(n))
        for spot in found.values():
            _node(axes, spot)
        axes.set_xlim(-0.5, 0.6 + max(spot.column for spot in found.values()))
        axes.set_ylim(lanes - 0.4, -0.75)
        axes.set_axis_off()
    return svg(figure, f"The search. {'; '.join(_said(loop, spot) for spot in found.values())}.")


def _edge(axes: Any, parent: Spot, child: Spot, crossed: bool) -> None:
    look = {"linestyle": (0, (3, 2)) if crossed else "-", "color": GREY, "linewidth": 1.0, "zorder": 1}
    axes.plot([parent.column, child.column], [parent.lane, child.lane], **look)


def _node(axes: Any, spot: Spot) -> None:
    colour = BLACK if spot.best else GREY if spot.distance is None else COLOURS[0]
    filled = spot.distance is not None
    axes.plot(
        [spot.column], [spot.lane], "o", markersize=16, color=colour, markerfacecolor=colour if filled else "white", zorder=2
    )  # fmt: skip
    axes.text(
        spot.column, spot.lane, str(spot.n), ha="center", va="center", color="white" if filled else GREY, zorder=3
    )  # fmt: skip
    said = "failed" if spot.distance is None else f"{spot.distance:.3f}"
    axes.text(
        spot.column, spot.lane - 0.34, said, ha="center", va="bottom", fontweight="bold" if spot.best else "normal"
    )  # fmt: skip


def _distance(evaluation: Mapping[str, Any] | None) -> float | None:
    """Return a winner's gait distance; None without a winner."""
    return None if evaluation is None else float(evaluation["deterministic"]["gait"]["distance"])


def _said(loop: LoopView, spot: Spot) -> str:
    figure = "all candidates failed" if spot.distance is None else f"gait distance {spot.distance:.3f}"
    number = "" if loop.graph.tree else f"node {spot.n}, "
    return f"{number}{loop.graph.words(spot.n)}: {figure}{', the best' if spot.best else ''}"
