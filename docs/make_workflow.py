"""Write docs/workflow.svg from the rules: `python docs/make_workflow.py`.

Snakemake says which rule feeds which (`--rulegraph`); arrows that others imply are left out. The longest way through is
the column on the left, every other rule stands beside it, just above the first one that needs it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import networkx as nx

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "workflow.svg"
BOX = (168, 38)
STEP = (200, 64)
"""Pixels from one column or row to the next."""
LEFT, TOP = 74, 16


@dataclass(frozen=True)
class Drawing:
    """flow: arrows within a round; place: rule -> (column, row); again: arrows into the next round; rounds: its rules."""

    flow: nx.DiGraph
    place: dict[str, tuple[int, int]]
    again: list[tuple[str, str]]
    rounds: set[str]
    stage: dict[str, str]


def main() -> None:
    """Write the drawing."""
    OUT.write_text(drawing())


def drawing() -> str:
    """Return the drawing of the default configuration's rules, as SVG."""
    stage = stages()
    return render(arrange(rule_graph(list(stage)), stage))


def rule_graph(order: list[str]) -> nx.DiGraph:
    """Ask Snakemake for the rules, in the given order, and which rule's files each one reads."""
    asked = ["experiments=[amble, human_run]", "training={base_policy: trained}"]
    command = [sys.executable, "-m", "snakemake", "--rulegraph", "--config", *asked]
    dot = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    names = dict(re.findall(r'(\d+)\[label = "(\w+)"', dot))
    edges = {(names[a], names[b]) for a, b in re.findall(r"(\d+) -> (\d+)", dot)}
    graph = nx.DiGraph()
    graph.add_nodes_from(name for name in order if name in names.values())
    graph.add_edges_from((a, b) for a in order for b in order if (a, b) in edges and a != b)
    return graph


def stages() -> dict[str, str]:
    """Return rule -> the file it is written in, in the order of the Snakefile's includes."""
    files = re.findall(r'^include: "(rules/\w+\.smk)"', (ROOT / "Snakefile").read_text(), re.MULTILINE)
    return {
        name: Path(file).name
        for file in files
        for name in re.findall(r"^(?:rule|use rule \w+ as) (\w+)", (ROOT / file).read_text(), re.MULTILINE)
    }


def arrange(graph: nx.DiGraph, stage: dict[str, str]) -> Drawing:
    """Tell arrows of a round from those into the next one, drop what others imply, and place the rules."""
    order = {name: i for i, name in enumerate(stage)}
    rounds = max(nx.strongly_connected_components(graph), key=len)
    again = [(a, b) for a, b in graph.edges if {a, b} <= rounds and order[a] > order[b]]
    flow = nx.transitive_reduction(nx.restricted_view(graph, [], again))
    reach = {name: nx.descendants(flow, name) | {name} for name in flow}
    again = [
        (a, b)
        for a, b in again
        if not any((c, d) != (a, b) and c in reach[a] and b in reach[d] for c, d in again)
    ]
    return Drawing(flow, placed(flow, order), again, rounds, stage)


def placed(flow: nx.DiGraph, order: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Return rule -> (column, row): the longest path in column 0, no arrow through another rule's box."""
    ahead: dict[str, int] = {}
    for name in reversed(list(nx.topological_sort(flow))):
        ahead[name] = max((ahead[after] + 1 for after in flow.successors(name)), default=0)
    rows = {name: max(ahead.values()) - steps for name, steps in ahead.items()}
    spine = nx.dag_longest_path(flow)
    place = {name: (0, rows[name]) for name in spine}
    taken: defaultdict[int, set[int]] = defaultdict(set)
    for name in sorted(set(flow) - set(spine), key=lambda name: (rows[name], order[name])):
        first = min((rows[before] + 1 for before in flow.predecessors(name)), default=rows[name])
        needed = set(range(first, rows[name] + 1))
        column = next(c for c in range(1, len(flow)) if not taken[c] & needed)
        taken[column] |= needed
        place[name] = (column, rows[name])
    return place


def render(plan: Drawing) -> str:
    """Return the drawing as SVG."""
    columns, rows = (1 + max(at[axis] for at in plan.place.values()) for axis in (0, 1))
    width, height = LEFT + columns * STEP[0], TOP + rows * STEP[1]
    round_rows = [plan.place[name][1] for name in plan.rounds]
    top, bottom = TOP + min(round_rows) * STEP[1] - 11, TOP + max(round_rows) * STEP[1] + BOX[1] + 11
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="Helvetica, Arial, sans-serif" role="img">',
        "<title>The rules of the workflow: from the video down to the report, with one round repeated</title>",
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="6" refY="4" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#555"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<rect x="{LEFT - 12}" y="{top}" width="{BOX[0] + 24}" height="{bottom - top}" rx="10" fill="#e3eef9"/>',
        '<g fill="none" stroke="#555" stroke-width="1.4" stroke-linejoin="round" marker-end="url(#tip)">',
        *(f'<path d="{way(plan.place[a], plan.place[b])}"/>' for a, b in sorted(plan.flow.edges)),
        *(
            f'<path d="{way_back(plan.place[a], plan.place[b])}" stroke="#0072B2" stroke-dasharray="5 4"/>'
            for a, b in sorted(plan.again)
        ),
        "</g>",
        f'<text transform="translate({LEFT - 42} {(top + bottom) / 2:.0f}) rotate(-90)" text-anchor="middle" '
        'font-size="13" fill="#0072B2">the next round</text>',
        *(box(name, plan.stage[name], at) for name, at in sorted(plan.place.items())),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def corner(at: tuple[int, int]) -> tuple[int, int]:
    """Return the left upper corner of a box in pixels."""
    return LEFT + at[0] * STEP[0], TOP + at[1] * STEP[1]


def way(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return the path from under one box, along the gap below it, down into another."""
    (x, y), (to_x, to_y) = corner(start), corner(end)
    half = BOX[0] // 2
    return f"M{x + half} {y + BOX[1]}V{y + (BOX[1] + STEP[1]) // 2 - 2}H{to_x + half}V{to_y - 2}"


def way_back(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return the path from a box up to an earlier one, left of everything."""
    y, to_y = corner(start)[1] + BOX[1] // 2, corner(end)[1] + BOX[1] // 2
    return f"M{LEFT} {y}H{LEFT - 32}V{to_y}H{LEFT - 2}"


def box(name: str, file: str, at: tuple[int, int]) -> str:
    """Return a rule's box: its name, and the file under rules/ it is written in."""
    x, y = corner(at)
    middle = x + BOX[0] // 2
    return (
        f'<g text-anchor="middle"><rect x="{x}" y="{y}" width="{BOX[0]}" height="{BOX[1]}" rx="6" fill="#fff" '
        f'stroke="#333"/><text x="{middle}" y="{y + 17}" font-size="13">{name}</text>'
        f'<text x="{middle}" y="{y + 31}" font-size="10" fill="#666">{file}</text></g>'
    )


if __name__ == "__main__":
    main()
