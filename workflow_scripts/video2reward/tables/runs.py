"""One planned experiment of a group, and its finished loops, by which the tables name and read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from video2reward.artifacts.motion import Motion, read_motion
from video2reward.artifacts.reference import Reference, read_reference
from video2reward.artifacts.rollout import Rollout, read_rollout
from video2reward.artifacts.selection import Selection
from video2reward.results.layout import ExperimentFolder, LoopFolder, Results, RoundFolder
from video2reward.search.graph import Graph
from video2reward.search.planned import planned_graph
from video2reward.settings.search import Search
from video2reward.similarity.reach import reach_distance


@dataclass(frozen=True)
class Planned:
    """One planned experiment: a robot, a video, a method and several seeds; practice: the robot and its task, a name.

    search: its settings, {} for a greedy one
    method: with its variant, if it has one: METHOD-VARIANT
    """

    name: str
    robot: str
    video: str
    method: str
    description: str
    seeds: tuple[int, ...]
    iterations: int
    samples: int
    practice: str = ""
    search: Mapping[str, Any] = field(default_factory=dict, compare=False)
    variant: str = ""

    @cached_property
    def graph(self) -> Graph:
        """The nodes of each of its loops, by round; of a tree without the parents, which differ between loops."""
        return planned_graph(Search(**self.search), self.iterations)

    @property
    def nodes(self) -> int:
        """The number of each loop's nodes."""
        return self.graph.last

    @property
    def first(self) -> int:
        """The number of nodes in its first round."""
        return len(self.graph.in_round(1))

    @property
    def plain_method(self) -> str:
        """Its method without the variant."""
        return self.method.removesuffix(f"-{self.variant}") if self.variant else self.method

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
        """The folder of its last round, whose best is the loop's."""
        return self.folder.round(self.planned.graph.last)

    def source(self, file: Path) -> str:
        """Return a file's path relative to the results, as shown in the tables."""
        return file.relative_to(self.results).as_posix()

    def rollout(self) -> Rollout:
        """Read the recording of the best policy; without agents if all candidates failed."""
        return read_rollout(self.last.rollout)

    @cached_property
    def reference(self) -> Reference:
        """The clip's motion on the robot."""
        return read_reference(self.reference_file)

    @property
    def reference_file(self) -> Path:
        """The file of `reference`."""
        return self.planned.folder(self.results).reference

    @cached_property
    def reach(self) -> float:
        """The gait distance of the motion in the robot's reach to the clip, body lengths."""
        return reach_distance(self.reference)

    @cached_property
    def motion(self) -> Motion:
        """What the subject of the clip does."""
        return read_motion(Results(self.results).video(self.planned.video).motion)
