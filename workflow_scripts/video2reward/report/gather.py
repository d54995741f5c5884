"""Reading everything a report shows from the results folder."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.artifacts.check import read_check
from video2reward.artifacts.completion import Completion, read_completion
from video2reward.artifacts.curves import read_curves
from video2reward.artifacts.io import read_json
from video2reward.artifacts.motion import Motion, read_motion
from video2reward.artifacts.parent import ParentChoice, read_parent
from video2reward.artifacts.reference import Reference, read_reference
from video2reward.artifacts.repairs import Repairs, read_repairs
from video2reward.artifacts.rollout import Rollout, read_rollout
from video2reward.artifacts.screen import Screen
from video2reward.artifacts.selection import Candidate, Selection, read_selection
from video2reward.artifacts.tuning import TuningRecord, read_tuning
from video2reward.report.critiques import CritiqueView, gather_critiques
from video2reward.report.failures import Failure, find_failure
from video2reward.report.footage import Footage
from video2reward.results.layout import CandidateFiles, LoopFolder, Results, RoundFolder, VideoFolder
from video2reward.search.graph import Graph, greedy
from video2reward.search.planned import made_graph, shown_later
from video2reward.settings.search import Search


@dataclass(frozen=True)
class CandidateView:
    """One candidate: its figures, training curves (column -> values) and failure, if any.

    status: "ok" or "failed"; reason: why it failed, in one sentence, "" if it did not
    evaluation: content of evaluation_<k>.json; seconds: wall time of training
    chosen: whether it is the loop's best; winner: whether it won its round
    repairs: attempts to have its code repaired by its model
    init: initial policy of its training, "scratch", "base" or "best"; "" if it was not trained
    stopped_early: why its training ended before its budget, "" if it did not; halved: whether halving stopped it
    steps: environment steps of its training
    preference: part of its comparisons by people that it won; None if nobody compared it
    screen: what its reward pays for known motions; None if it was not asked
    tied: whether it is nearer to the best after its round than two trainings of one reward are
    place: its round in words, of a population and a tree its node
    origin: where its reward comes from if nobody wrote it
    """

    iteration: int
    k: int
    status: str
    reason: str
    completion: Completion
    evaluation: dict[str, Any]
    seconds: float | None
    curves: dict[str, np.ndarray] = field(default_factory=dict)
    chosen: bool = False
    winner: bool = False
    failure: Failure | None = None
    repairs: Repairs = field(default_factory=Repairs)
    init: str = ""
    stopped_early: str = ""
    halved: bool = False
    steps: int = 0
    preference: float | None = None
    screen: Screen | None = None
    tied: bool = False
    place: str = ""
    origin: str = ""

    @property
    def name(self) -> str:
        """The candidate's name, for people."""
        return f"{self.place or f'round {self.iteration}'}, candidate {self.k}"


@dataclass(frozen=True)
class LoopView:
    """One loop of rounds: a robot, a video and a seed.

    reward: code of the best reward; rewards: code of the best so far after each round; if no candidate could be
        used, comments that say why
    evaluation, base: evaluation.json of the best and the base policy
    practice: name of the base policy's folder: the robot, or robot and task where the experiment names one
    graph: whose rewards each round's prompt showed; choices: of a tree, from its second node on
    tunings: round -> of the best reward after each that another one continues; none without tuning
    elsewhere: content of physics.json, {} where no other physics was asked for
    """

    experiment: str
    seed: int
    robot: str
    video: str
    method: str
    motion: Motion
    reference: Reference
    candidates: tuple[CandidateView, ...]
    selections: tuple[Selection, ...]
    feedbacks: tuple[dict[str, Any], ...]
    evaluation: dict[str, Any]
    base: dict[str, Any]
    reward: str
    folder: LoopFolder
    video_folder: VideoFolder
    rewards: tuple[str, ...] = ()
    critiques: tuple[CritiqueView, ...] = ()
    practice: str = ""
    graph: Graph = field(default_factory=lambda: greedy(0))
    choices: tuple[ParentChoice, ...] = ()
    tunings: tuple[tuple[int, TuningRecord], ...] = ()
    elsewhere: dict[str, Any] = field(default_factory=dict)

    @property
    def last(self) -> RoundFolder:
        """The folder of its last round."""
        return self.folder.round(len(self.selections))

    @property
    def unit(self) -> str:
        """What a prompt with its candidates is called: round, or node."""
        return "round" if self.graph.plain else "node"

    @property
    def anchor(self) -> str:
        """The loop's anchor on its page."""
        return f"{self.experiment}-seed{self.seed}"

    @property
    def standing(self) -> float | None:
        """The gait distance of a standing robot; None if nothing was evaluated."""
        for judged in (self.evaluation, self.base):
            gait = (judged.get("deterministic") or {}).get("gait") or {}
            if gait.get("standing"):
                return float(gait["standing"])
        return None

    @property
    def best(self) -> Candidate | None:
        """The loop's best candidate; None if all failed."""
        return self.selections[-1].best

    @property
    def chosen(self) -> CandidateView | None:
        """The view of the loop's best candidate; None if all failed."""
        return next((candidate for candidate in self.candidates if candidate.chosen), None)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The candidates that failed, in order."""
        return tuple(candidate.failure for candidate in self.candidates if candidate.failure is not None)

    @property
    def compared(self) -> bool:
        """Whether people compared its candidates' films."""
        return any(candidate.preference is not None for candidate in self.candidates)

    @property
    def halved(self) -> bool:
        """Whether halving stopped some of its candidates."""
        return any(candidate.halved for candidate in self.candidates)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """The distinct initial policies of the candidates' trainings."""
        return tuple(dict.fromkeys(candidate.init for candidate in self.candidates if candidate.init))

    @property
    def is_language_model(self) -> bool:
        """Whether a language model wrote the rewards."""
        return any(candidate.completion.is_language_model for candidate in self.candidates)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on the answers, each once: who wrote them if not a model, which were replayed."""
        notes = (candidate.completion.note for candidate in self.candidates)
        return tuple(dict.fromkeys(note for note in notes if note))

    @property
    def repaired(self) -> tuple[CandidateView, ...]:
        """The candidates that their model repaired or tried to repair, in order."""
        return tuple(candidate for candidate in self.candidates if candidate.repairs.repairs)

    def candidate(self, iteration: int, k: int) -> CandidateView | None:
        """Return a candidate of this loop, None if there is none."""
        return next((c for c in self.candidates if (c.iteration, c.k) == (iteration, k)), None)

    def rollout(self) -> Rollout:
        """Read the recording of the best policy; it has no agents if all candidates failed."""
        return read_rollout(self.last.rollout)

    def footage(self) -> Footage:
        """Return what its film shows: the clip and the best policy."""
        films = {"overlay": self.video_folder.overlay, "film": self.last.film}
        return Footage(self.video, self.robot, self.motion, self.reference, self.rollout(), **films)


def gather_loop(results: Path, loop: dict[str, Any]) -> LoopView:
    """Read one loop's results.

    loop: experiment, seed, robot, video, method, iterations, samples; base: name of its base policy, default "base";
    critic: whether the method has a critique; practice: the folder of its base policy, if not the robot; search: its
    settings, if it is not greedy
    critic: whether the method has a critique; practice: the folder of its base policy, if not the robot
    tuning: whether rewards are tuned between rounds; physics: whether the best policy is judged in other physics
    """
    experiment, video = Results(results).experiment(loop["experiment"]), Results(results).video(loop["video"])
    folder = experiment.loop(loop["seed"])
    search = Search(**loop.get("search", {}))
    graph = made_graph(search, loop["iterations"], lambda n: folder.round(n).parent)
    rounds = [folder.round(n) for n in graph.nodes]
    shown = shown_later(search, loop["iterations"])
    selections = tuple(read_selection(one.selection) for one in rounds)
    rewards = tuple(one.best_reward.read_text() for one in rounds)
    return LoopView(
        experiment=loop["experiment"],
        seed=loop["seed"],
        robot=loop["robot"],
        video=loop["video"],
        method=loop["method"],
        motion=read_motion(video.motion),
        reference=read_reference(experiment.reference),
        candidates=tuple(
            replace(
                _candidate(one.candidate(k), one.n, k, selections[one.n - 1], selections[-1].best),
                place=graph.label(one.n),
            )
            for one in rounds
            for k in range(1, loop["samples"] + 1)
        ),
        selections=selections,
        feedbacks=tuple(read_json(one.feedback) for one in rounds),
        evaluation=read_json(folder.evaluation),
        base=read_json(experiment.base(loop.get("base", "base")).evaluation),
        reward=rewards[-1],
        folder=folder,
        video_folder=video,
        rewards=rewards,
        critiques=gather_critiques(rounds, results, shown) if loop.get("critic") else (),
        practice=loop.get("practice", loop["robot"]),
        graph=graph,
        choices=tuple(read_parent(one.parent) for one in rounds[1:]) if graph.tree else (),
        tunings=tuple((n, read_tuning(folder.round(n).tuning)) for n in graph.continued)
        if loop.get("tuning")
        else (),
        elsewhere=read_json(folder.physics) if loop.get("physics") else {},
    )


def _candidate(
    files: CandidateFiles, iteration: int, k: int, selection: Selection, best: Candidate | None
) -> CandidateView:
    check = read_check(files.check)
    training = read_json(files.training)
    evaluation = read_json(files.evaluation)
    failure = find_failure(iteration, k, check, training, evaluation)
    return CandidateView(
        iteration=iteration,
        k=k,
        status="failed" if failure else "ok",
        reason=failure.reason if failure else "",
        completion=read_completion(files.completion),
        evaluation=evaluation,
        seconds=training.get("seconds"),
        curves=read_curves(files.curves),
        chosen=best is not None and (best.iteration, best.k) == (iteration, k),
        winner=selection.winner == k,
        failure=failure,
        repairs=read_repairs(files.repairs),
        init=training.get("init", ""),
        stopped_early=training.get("stopped_early", ""),
        halved=bool(training.get("halved")),
        steps=training.get("steps", 0),
        screen=check.screen,
        preference=next((one.preference for one in selection.candidates if one.k == k), None),
        tied=any(one.k == k and one.name in selection.tied for one in selection.candidates),
        origin=next((one.origin for one in selection.candidates if one.k == k), ""),
    )
