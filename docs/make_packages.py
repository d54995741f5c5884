"""Write docs/packages.svg from the imports: `python docs/make_packages.py`.

A package stands above everything that it imports; arrows that others imply are left out. One that runs back would
make a circle, and there would be no drawing.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import networkx as nx

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "workflow_scripts" / "video2reward"
OUT = ROOT / "docs" / "packages.svg"
GROUND = "ground floor"
BOX, STEP, EDGE = (108, 30), (128, 74), 16
"""Pixels of a box, from one to the next, and of the rim."""
PER_ROW = 7  # boxes side by side; more go to a row of their own


def main() -> None:
    """Write the drawing."""
    OUT.write_text(render(packages()))


def packages() -> nx.DiGraph:
    """Return which package imports which, contracts (`base` modules) aside; loose modules are the ground floor."""
    graph = nx.DiGraph()
    for path in sorted(LIBRARY.rglob("*.py")):
        here = room(path.relative_to(LIBRARY).with_suffix("").parts)
        graph.add_node(here)
        for parts in imported(path):
            there = room(parts)
            if there != here and parts[1:] != ("base",):
                graph.add_edge(here, there)
    return nx.transitive_reduction(graph)


def imported(path: Path) -> set[tuple[str, ...]]:
    """Return the modules of the library that a file imports, each as its parts below the library."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("video2reward."):
            parts = tuple(str(node.module).split(".")[1:])
            for alias in node.names:
                inner = (*parts, alias.name)
                found.add(inner if LIBRARY.joinpath(*inner).with_suffix(".py").exists() else parts)
    return found


def room(parts: tuple[str, ...]) -> str:
    """Return the package that a module belongs to."""
    return parts[0] if len(parts) > 1 else GROUND


def rows(graph: nx.DiGraph) -> list[list[str]]:
    """Return the packages row by row, the top first; each stands above all that it imports."""
    height: dict[str, int] = {}
    for name in reversed(list(nx.topological_sort(graph))):
        height[name] = max((height[below] + 1 for below in graph.successors(name)), default=0)
    # Stages that need little stand beside those that need much, above all that they share.
    shared = 1 + max(height[name] for name in height if graph.in_degree(name) and name not in _tops(graph))
    height |= {name: max(height[name], shared) for name in _tops(graph)}
    layers: defaultdict[int, list[str]] = defaultdict(list)
    for name, level in height.items():
        layers[level].append(name)
    found: list[list[str]] = []
    for level in sorted(layers):
        below = {name: i / len(row) for row in found for i, name in enumerate(row)}
        layer = sorted(
            layers[level],
            key=lambda name: (_mean([below[other] for other in graph.successors(name)]), name),
        )
        count = -(-len(layer) // PER_ROW)
        found += [layer[i::count] for i in range(count)]
    return found[::-1]


def _tops(graph: nx.DiGraph) -> set[str]:
    """Return the packages that no other imports."""
    return {name for name in graph if not graph.in_degree(name)}


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def render(graph: nx.DiGraph) -> str:
    """Return the drawing as SVG."""
    table = rows(graph)
    width = 2 * EDGE + max(map(len, table)) * STEP[0] - (STEP[0] - BOX[0])
    height = 2 * EDGE + len(table) * STEP[1] - (STEP[1] - BOX[1])
    place = {
        name: (round((width - len(row) * STEP[0] + STEP[0] - BOX[0]) / 2) + x * STEP[0], EDGE + y * STEP[1])
        for y, row in enumerate(table)
        for x, name in enumerate(row)
    }
    arrows = [
        f'<path d="M{place[a][0] + BOX[0] // 2} {place[a][1] + BOX[1]}L{place[b][0] + BOX[0] // 2} {place[b][1] - 2}"/>'
        for a, b in sorted(graph.edges)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" font-family="Helvetica, Arial, sans-serif" role="img">',
            "<title>The packages of the library: each imports only what stands below it</title>",
            '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="6" refY="4" orient="auto">'
            '<path d="M0 0 8 4 0 8z" fill="#777"/></marker></defs>',
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            '<g fill="none" stroke="#777" stroke-width="1.2" marker-end="url(#tip)">',
            *arrows,
            "</g>",
            *(box(name, at) for name, at in sorted(place.items())),
            "</svg>",
        ]
    )


def box(name: str, at: tuple[int, int]) -> str:
    """Return a package's box."""
    return (
        f'<g text-anchor="middle"><rect x="{at[0]}" y="{at[1]}" width="{BOX[0]}" height="{BOX[1]}" rx="6" fill="#fff" '
        f'stroke="#333"/><text x="{at[0] + BOX[0] // 2}" y="{at[1] + 20}" font-size="13">{name}</text></g>'
    )


if __name__ == "__main__":
    main()
