"""The content of a loop's page, and how much of it fits."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from video2reward.artifacts.success import success_words
from video2reward.report.changes import RewardChange, reward_changes
from video2reward.report.configuration import configuration
from video2reward.report.elsewhere import PhysicsRow, physics_rows
from video2reward.report.films import Workshop, make_film
from video2reward.report.gather import LoopView
from video2reward.report.lineage import draw_search
from video2reward.report.player import Player, make_player
from video2reward.report.plots import component_panels, joint_heatmap, learning_curves, trajectories
from video2reward.report.provenance import Job
from video2reward.report.rounds import RoundCost, round_costs
from video2reward.report.scores import PostureRow, Score, postures, scores
from video2reward.similarity.jumps import wanted_jump

_ONE_FILM = 2_500_000  # maximum size of a video, bytes
_AROUND_FILM = 25_000  # bytes of a player's text, times and footfalls


@dataclass(frozen=True)
class Extent:
    """How much a page shows.

    components: candidates with plots of reward components: "all", "best" or "none"
    figures: whether it has the other plots; picture: whether it has motion.png
    """

    components: str = "all"
    figures: bool = True
    picture: bool = True


EXTENTS = (Extent(), Extent("best"), Extent("none", picture=False), Extent("none", False, False))
"""From everything to only text and video."""


# How to read a score; the definitions say how it is computed.
_READINGS = {
    "gait distance": "body lengths; 0 is the video's motion, standing still has {standing}",
    "gait distance with posture": "moved towards standing still for a lean, legs, knees or hips that are off",
    "gait similarity": "1 is the video's motion, 0 as bad as standing still",
    "period ratio": "1 is the video's stride period on this robot",
    "rise, body lengths": "of the trunk above its standing height; the video's on this robot: {rise}",
    "distance, body lengths": "forward in one motion; the video's: {distance}",
    "flight, s": "with all feet off the ground; the video's: {flight}",
    "take-off, s late": "0 is the video's, more is later",
    "landing, s late": "0 is the video's, more is later",
    "falls": "part of the robots, at the video's speed",
    "speed ratio": "1 is the video's speed on this robot",
    "velocity error, m/s": "averaged over a stride; 0 is best",
    "falls, trained commands": "part of the robots",
    "paper's distance": "lower is closer; sees neither tempo nor falls",
    "H_mts": "highest success during training, as the paper and Eureka count it",
}


@dataclass(frozen=True)
class Components:
    """The component curves of one candidate."""

    name: str
    chosen: bool
    drawing: str


@dataclass(frozen=True)
class Section:
    """One loop; plots are SVG text, "" if left out.

    definitions: (names of scores, definition); rounds: execute rate and cost
    motion_picture: data URL, "" if left out; configuration: YAML
    shown: data URLs of the pictures that each of the loop's critiques is about; empty if left out
    search: the graph of a population or a tree; "" of a greedy search, whose rounds are one line
    """

    loop: LoopView
    scores: list[Score]
    definitions: list[tuple[str, str]]
    rounds: list[RoundCost]
    changes: Sequence[RewardChange]
    curves: str
    components: list[Components]
    heatmap: str
    feet: str
    motion_picture: str
    configuration: str
    postures: Sequence[PostureRow] = ()
    player: Player | None = None
    shown: Sequence[Sequence[str]] = ()
    search: str = ""
    elsewhere: Sequence[PhysicsRow] = ()

    @property
    def score(self) -> dict[str, Score]:
        """The scores by name."""
        return {score.name: score for score in self.scores}

    def reading(self, name: str) -> str:
        """Return how to read a score, "" if its name is clear; success is described by its task."""
        if self.score[name].reading:
            return self.score[name].reading
        words = success_words(self.loop.evaluation) or success_words(self.loop.base)
        if words and name == "success":
            return words.sentence + ("" if self.asked else "; a step, over the trained commands")
        if words and name == "H_mts":
            return f"{_READINGS[name]}, {words.unit}"
        return _READINGS.get(name, "").format(
            standing="–" if self.loop.standing is None else f"{self.loop.standing:.3g}",
            **{part: f"{value:.3g}" for part, value in self.asked.items()},
        )

    @property
    def asked(self) -> dict[str, float]:
        """What a single motion asks for, body lengths and s; {} for a gait."""
        return wanted_jump(self.loop.reference) if self.loop.reference.kind == "single" else {}

    @property
    def drawn_bytes(self) -> int:
        """Bytes of plots and pictures."""
        parts = [self.curves, self.heatmap, self.feet, self.motion_picture, *chain(*self.shown)]
        return sum(map(len, [*parts, *(part.drawing for part in self.components)]))


class Drawings:
    """Caches plots while several extents are tried."""

    def __init__(self) -> None:
        """Start with an empty cache."""
        self._made: dict[tuple[str, int], str] = {}

    def __call__(self, draw: Callable[[Any], str], subject: Any) -> str:
        """Return a subject's plot."""
        key = draw.__name__, id(subject)
        if key not in self._made:
            self._made[key] = draw(subject)
        return self._made[key]


def make_section(loop: LoopView, jobs: Sequence[Job], extent: Extent, draw: Drawings) -> Section:
    """Return a loop's section without its video; `jobs`: those the loop uses."""
    table = scores(loop)
    wanted = [c for c in loop.candidates if extent.components == "all" or c.chosen]
    return Section(
        loop=loop,
        scores=table,
        definitions=_definitions(table),
        rounds=round_costs(loop),
        changes=reward_changes(loop),
        curves=draw(_curves, loop) if extent.figures else "",
        components=[
            Components(c.name, c.chosen, draw(component_panels, c))
            for c in (wanted if extent.components != "none" else ())
            if "step" in c.curves
        ],
        heatmap=draw(joint_heatmap, loop) if extent.figures else "",
        feet=draw(trajectories, loop) if extent.figures else "",
        motion_picture=embed(loop.video_folder.picture) if extent.picture else "",
        configuration=configuration([loop], jobs)[loop.experiment],
        postures=postures(loop),
        shown=[one.addresses() for one in loop.critiques] if extent.picture else [],
        elsewhere=physics_rows(loop.evaluation, loop.elsewhere),
        search="" if loop.graph.plain else draw(draw_search, loop),
    )


def with_film(section: Section, workshop: Workshop, room: float) -> Section:
    """Return the section with its video, or unchanged if none fits `room`, bytes of the page."""
    most = min(_ONE_FILM, 0.74 * (room - _AROUND_FILM))  # base64: 4 characters per 3 bytes
    scene = section.loop.footage()
    film = make_film(scene, workshop, most) if most > 0 else None
    return replace(section, player=make_player(film, scene) if film else None)


def embed(path: Path) -> str:
    """Return a picture as a data URL; "" if it does not exist."""
    if not path.exists():
        return ""
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def _curves(loop: LoopView) -> str:
    return learning_curves(loop.candidates)


def _definitions(table: Sequence[Score]) -> list[tuple[str, str]]:
    """Return each definition once, with the names of its scores."""
    names: dict[str, list[str]] = {}
    for score in table:
        if score.definition:
            names.setdefault(score.definition, []).append(score.name)
    return [(", ".join(group), definition) for definition, group in names.items()]
