"""`index.html`: the tables of a group on one self-contained page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from video2reward.pages.templates import data_address, environment, figure
from video2reward.tables.costs import Cost
from video2reward.tables.expert import EXPERT
from video2reward.tables.figures import Figures
from video2reward.tables.matrix import Matrix
from video2reward.tables.numbers import Number, Table
from video2reward.tables.study import Study


@dataclass(frozen=True)
class Contents:
    """The content of a page; shown: what the table `search` shows, in sentences."""

    study: Study
    tables: Sequence[Table]
    matrices: Sequence[Matrix]
    figures: Figures
    costs: Sequence[Cost]
    shown: Sequence[str] = ()

    @property
    def table(self) -> dict[str, Table]:
        """The tables by name."""
        return {table.name: table for table in self.tables}

    @property
    def failed_loops(self) -> list[str]:
        """The loops without a policy, with the reason."""
        return [f"{run.name}: {run.failure}" for run in self.study.runs if run.failure]

    @property
    def said(self) -> list[str]:
        """The main numbers as lines: gait distances by clip and method, and loops without a policy."""
        table = self.table["table1"]
        lines = []
        for (method, clip, name), number in table.numbers.items():
            if name == "gait_distance" and number.known:
                place = f"{clip.robot}, {clip.video}"
                lines.append(
                    f"{place}, {method}: gait distance {figure(number.interval.mean)} ({spread(number)})"
                )
        return [*lines, *(f"without a policy: {loop}" for loop in self.failed_loops), *self.shown]

    @property
    def definitions(self) -> dict[str, str]:
        """Definitions of the numbers, from the evaluations."""
        found = {EXPERT.label: EXPERT.definition}
        for run in self.study.runs:
            figures = run.evaluation.get("deterministic") or {}
            for name, part in (
                ("gait distance", "gait"),
                ("paper's DTW", "paper"),
                ("smoothness", "smoothness"),
            ):
                said = figures.get(part)
                if isinstance(said, dict) and said.get("definition"):
                    found.setdefault(
                        f"{name} ({run.planned.video})" if part == "paper" else name, said["definition"]
                    )
            for name, said in ((figures.get("posture") or {}).get("definitions") or {}).items():
                found.setdefault(f"posture, {name}", said)
            for name, said in (run.evaluation.get("definitions") or {}).items():
                if isinstance(said, str):
                    found.setdefault(name, said)
        return found


class Footnotes:
    """The numbers on a page, each with an anchor to its source artefacts."""

    def __init__(self) -> None:
        """Start with none."""
        self.numbers: list[Number] = []

    def __call__(self, number: Number) -> str:
        """Add a number and return its anchor."""
        self.numbers.append(number)
        return f"n{len(self.numbers)}"


def build_page(contents: Contents, templates: Sequence[Path], versions: Mapping[str, str]) -> str:
    """Return the page as HTML; templates: folders with index.html.j2 and the styles."""
    made = environment(*templates)
    made.filters |= {"jpeg": lambda content: data_address(content, "image/jpeg")}
    template = made.get_template("index.html.j2")
    text: str = template.render(
        contents=contents, study=contents.study, note=Footnotes(), versions=versions, spread=spread
    )
    return text


def spread(number: Number) -> str:
    """Return a number's t-interval and number of seeds, as text."""
    found = number.interval
    seeds = f"n = {found.count}"
    if len(number.values) > found.count:
        seeds += f" of {len(number.values)}"
    if not math.isfinite(found.low):
        return seeds
    return f"{figure(found.low)} … {figure(found.high)}, {seeds}"
