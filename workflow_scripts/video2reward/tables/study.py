"""The finished loops of a group of experiments, as input of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import read_json
from video2reward.artifacts.selection import read_selection
from video2reward.results.layout import Results
from video2reward.tables.published import Published, Row
from video2reward.tables.runs import ClipColumn, Planned, Run


@dataclass(frozen=True)
class Study:
    """All loops of a group, and the papers' numbers; base_seeds: seeds with their own base policy."""

    group: str
    results: Path
    planned: tuple[Planned, ...]
    runs: tuple[Run, ...]
    papers: tuple[Published, ...]
    base_seeds: tuple[int, ...] = (0,)

    @cached_property
    def bases(self) -> str:
        """A sentence on whether intervals over seeds include the variance of base policies."""
        seeds = {seed for one in self.planned for seed in one.seeds}
        shared = sorted(seeds - {0} - set(self.base_seeds)) + sorted(seeds & {0})
        if len(shared) < 2:
            return "Loops with a base policy start from that of their own seed, so intervals over seeds include its variance."
        whose = (
            "All loops"
            if len(shared) == len(seeds)
            else f"Loops of the seeds {', '.join(map(str, sorted(shared)))}"
        )
        return (
            f"{whose} with a base policy start from that of seed 0: intervals over seeds exclude the variance of "
            "base policies and are too narrow (base_seeds gives seeds their own)."
        )

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of all tables: the papers', each once, then the other methods of the plan."""
        rows = [row for paper in self.papers for row in paper.methods]
        found: dict[str, Row] = {}
        for row in [*rows, *(Row(name=one.method, label=one.method) for one in self.planned)]:
            found.setdefault(row.name, row)
        return list(found.values())

    def row(self, method: str) -> Row:
        """Return a method's row."""
        return next(row for row in self.rows if row.name == method)

    def rows_of(self, paper: Published) -> list[str]:
        """Return the methods of one paper's tables: its own, then the others of the plan."""
        return [row.name for row in paper.rows([one.method for one in self.planned])]

    def published(self, quantity: str, method: str, clip: ClipColumn) -> float | None:
        """Return the number of the first paper that has one, None if there is none."""
        found = (paper.number(quantity, method, clip.robot, clip.video) for paper in self.papers)
        return next((number for number in found if number is not None), None)

    @cached_property
    def clips(self) -> list[ClipColumn]:
        """The clips, in the order of the plan."""
        return list(dict.fromkeys(planned.clip for planned in self.planned))

    @cached_property
    def robots(self) -> list[str]:
        """The robots, in the order of the plan."""
        return list(dict.fromkeys(planned.robot for planned in self.planned))

    @cached_property
    def absent(self) -> list[str]:
        """The rows without a planned loop."""
        planned = {one.method for one in self.planned}
        return [row.name for row in self.rows if row.name not in planned]

    def unplanned(self, paper: Published) -> list[str]:
        """Return the methods of a paper's rows without a planned loop, except those that no method here stands for."""
        return [row.name for row in paper.methods if row.name in self.absent and not row.missing]

    def of(self, method: str, clip: ClipColumn) -> list[Run]:
        """Return the loops of a method on a clip, sorted by seed; [] if none are planned."""
        found = [run for run in self.runs if run.planned.method == method and run.planned.clip == clip]
        return sorted(found, key=lambda run: run.seed)

    def absence(self, method: str, clip: ClipColumn) -> str:
        """Return why a method has no loop on a clip, "" if it has one."""
        if self.of(method, clip):
            return ""
        return self.row(method).missing or f"not in the plan of {self.group}"

    def median(self, method: str, clip: ClipColumn) -> Run | None:
        """Return the loop with the median gait distance, the lower of two; None if no loop has a policy."""
        able = [(_gait(run), run.seed, run) for run in self.of(method, clip) if not run.failure]
        return sorted(able)[(len(able) - 1) // 2][2] if able else None

    def medians(self, clip: ClipColumn) -> dict[str, Run]:
        """Return method -> its loop with the median gait distance on a clip, of the methods with a policy."""
        found = {row.name: self.median(row.name, clip) for row in self.rows}
        return {name: run for name, run in found.items() if run is not None}

    @property
    def preferences(self) -> Path:
        """The file of people's choices between the methods' films; it may not exist yet."""
        return Results(self.results).tables(self.group).preferences


def read_study(group: str, results: Path, experiments: list[dict[str, Any]], papers: Sequence[Published],
    base_seeds: Sequence[int] = (0,),
) -> Study:  # fmt: skip
    """Read the loops of `experiments`, mappings with the fields of `Planned`."""
    planned = tuple(Planned(**one | {"seeds": tuple(one["seeds"])}) for one in experiments)
    runs = tuple(_run(one, seed, results) for one in planned for seed in one.seeds)
    return Study(group, results, planned, runs, tuple(papers), tuple(base_seeds))


def _run(planned: Planned, seed: int, results: Path) -> Run:
    folder = planned.folder(results).loop(seed)
    selection = read_selection(folder.round(planned.graph.last).selection)
    return Run(planned, seed, results, read_json(folder.evaluation), selection)


def _gait(run: Run) -> float:
    gait = (run.evaluation.get("deterministic") or {}).get("gait") or {}
    return float(gait.get("distance", float("inf")))
