"""The finished loops of a group of experiments, as input of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import read_json
from video2reward.artifacts.motion import Motion, read_motion
from video2reward.artifacts.reference import Reference, read_reference
from video2reward.artifacts.rollout import Rollout, read_rollout
from video2reward.artifacts.selection import Selection, read_selection
from video2reward.results.layout import ExperimentFolder, LoopFolder, Results, RoundFolder
from video2reward.tables.published import Published, Row


@dataclass(frozen=True)
class Planned:
    """One planned experiment: a robot, a video, a method and several seeds."""

    name: str
    robot: str
    video: str
    method: str
    description: str
    seeds: tuple[int, ...]
    iterations: int
    samples: int

    @property
    def clip(self) -> ClipColumn:
        """Its column in the tables."""
        return ClipColumn(self.robot, self.video)

    def folder(self, results: Path) -> ExperimentFolder:
        """Return its folder."""
        return Results(results).experiment(self.name)


@dataclass(frozen=True)
class ClipColumn:
    """A video on a robot: a column of the tables. video "": all of the robot's videos together."""

    robot: str
    video: str


@dataclass(frozen=True)
class Run:
    """One loop with its best policy.

    evaluation: content of evaluation.json
    selection: of the last round; without a best candidate if all failed
    """

    planned: Planned
    seed: int
    results: Path
    evaluation: dict[str, Any]
    selection: Selection

    @property
    def name(self) -> str:
        """The loop's display name."""
        return f"{self.planned.name}, seed {self.seed}"

    @property
    def failure(self) -> str:
        """Why there is no policy, "" if there is one."""
        return "" if self.selection.best is not None else f"no policy: {self.selection.why}"

    @property
    def folder(self) -> LoopFolder:
        """Its folder."""
        return self.planned.folder(self.results).loop(self.seed)

    @property
    def last(self) -> RoundFolder:
        """The folder of its last round."""
        return self.folder.round(self.planned.iterations)

    def source(self, file: Path) -> str:
        """Return a file's path relative to the results, as shown in the tables."""
        return file.relative_to(self.results).as_posix()

    def rollout(self) -> Rollout:
        """Read the recording of the best policy; without agents if all candidates failed."""
        return read_rollout(self.last.rollout)

    @cached_property
    def reference(self) -> Reference:
        """The clip's motion on the robot."""
        return read_reference(self.planned.folder(self.results).reference)

    @cached_property
    def motion(self) -> Motion:
        """What the subject of the clip does."""
        return read_motion(Results(self.results).video(self.planned.video).motion)


@dataclass(frozen=True)
class Study:
    """All loops of a group, and the paper's numbers; base_seeds: seeds with their own base policy."""

    group: str
    results: Path
    planned: tuple[Planned, ...]
    runs: tuple[Run, ...]
    published: Published
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
        """The rows of every table."""
        return self.published.rows([planned.method for planned in self.planned])

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

    def of(self, method: str, clip: ClipColumn) -> list[Run]:
        """Return the loops of a method on a clip, sorted by seed; [] if none are planned."""
        found = [run for run in self.runs if run.planned.method == method and run.planned.clip == clip]
        return sorted(found, key=lambda run: run.seed)

    def absence(self, method: str, clip: ClipColumn) -> str:
        """Return why a method has no loop on a clip, "" if it has one."""
        if self.of(method, clip):
            return ""
        return f"not in the plan of {self.group}"

    def median(self, method: str, clip: ClipColumn) -> Run | None:
        """Return the loop with the median gait distance, the lower of two; None if no loop has a policy."""
        able = [(_gait(run), run.seed, run) for run in self.of(method, clip) if not run.failure]
        return sorted(able)[(len(able) - 1) // 2][2] if able else None


def read_study(group: str, results: Path, experiments: list[dict[str, Any]], published: Published,
    base_seeds: Sequence[int] = (0,),
) -> Study:  # fmt: skip
    """Read the loops of `experiments`, mappings with the fields of `Planned`."""
    planned = tuple(Planned(**one | {"seeds": tuple(one["seeds"])}) for one in experiments)
    runs = tuple(_run(one, seed, results) for one in planned for seed in one.seeds)
    return Study(group, results, planned, runs, published, tuple(base_seeds))


def _run(planned: Planned, seed: int, results: Path) -> Run:
    folder = planned.folder(results).loop(seed)
    selection = read_selection(folder.round(planned.iterations).selection)
    return Run(planned, seed, results, read_json(folder.evaluation), selection)


def _gait(run: Run) -> float:
    gait = (run.evaluation.get("deterministic") or {}).get("gait") or {}
    return float(gait.get("distance", float("inf")))
