"""Collect what a report shows from the results folder."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from video2reward.artifacts.check import read_check
from video2reward.artifacts.completion import Completion, read_completion
from video2reward.artifacts.io import read_json
from video2reward.artifacts.motion import Motion, read_motion
from video2reward.artifacts.reference import Reference, read_reference
from video2reward.artifacts.selection import Selection, read_selection


@dataclass(frozen=True)
class CandidateView:
    """One candidate's row: its figures, its curves (column -> values) and why it failed, if it did."""

    iteration: int
    k: int
    status: str
    reason: str
    completion: Completion
    evaluation: dict[str, Any]
    seconds: float | None
    curves: dict[str, list[float]] = field(default_factory=dict)
    chosen: bool = False


@dataclass(frozen=True)
class LoopView:
    """One loop of rounds: a robot learning a video with a seed."""

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
    folder: Path
    video_folder: Path

    @property
    def is_language_model(self) -> bool:
        """Whether a language model wrote the rewards."""
        return any(candidate.completion.is_language_model for candidate in self.candidates)

    @property
    def price_usd(self) -> float:
        """What the completions cost, USD."""
        return sum(candidate.completion.price_usd for candidate in self.candidates)


def gather_loop(results: Path, loop: dict[str, Any]) -> LoopView:
    """Read one loop's results; `loop` names experiment, seed, robot, video, method, iterations, samples."""
    experiment, video = results / loop["experiment"], results / "videos" / loop["video"]
    folder = experiment / f"seed{loop['seed']}"
    rounds = [folder / f"iter{n}" for n in range(1, loop["iterations"] + 1)]
    selections = tuple(read_selection(path / "selection.json") for path in rounds)
    return LoopView(
        experiment=loop["experiment"],
        seed=loop["seed"],
        robot=loop["robot"],
        video=loop["video"],
        method=loop["method"],
        motion=read_motion(video / "motion.h5"),
        reference=read_reference(experiment / "reference.h5"),
        candidates=tuple(
            _candidate(path, n, k, selections[-1])
            for n, path in enumerate(rounds, start=1)
            for k in range(1, loop["samples"] + 1)
        ),
        selections=selections,
        feedbacks=tuple(read_json(path / "feedback.json") for path in rounds),
        evaluation=read_json(folder / "evaluation.json"),
        base=read_json(experiment / "base_evaluation.json"),
        reward=(rounds[-1] / "best_reward.py").read_text(),
        folder=folder,
        video_folder=video,
    )


def _candidate(folder: Path, iteration: int, k: int, last: Selection) -> CandidateView:
    check = read_check(folder / f"check_{k}.json")
    training = read_json(folder / f"training_{k}.json")
    evaluation = read_json(folder / f"evaluation_{k}.json")
    best = last.best
    failed = check.message or training["traceback"] or evaluation.get("traceback", "")
    return CandidateView(
        iteration=iteration,
        k=k,
        status=evaluation["status"],
        reason=failed if evaluation["status"] != "ok" else "",
        completion=read_completion(folder / f"completion_{k}.json"),
        evaluation=evaluation,
        seconds=training.get("seconds"),
        curves=read_curves(folder / f"training_{k}.csv"),
        chosen=best is not None and (best.iteration, best.k) == (iteration, k),
    )


def read_curves(path: Path) -> dict[str, list[float]]:
    """Read a training table -> column -> values; empty cells are left out of their column."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = rows[0].keys() if rows else ()
    return {name: [float(row[name] or "nan") for row in rows] for name in names}
