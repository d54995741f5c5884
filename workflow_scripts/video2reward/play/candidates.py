"""Which policies of a results folder can be played: every trained candidate of one loop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from video2reward.artifacts.io import read_json
from video2reward.artifacts.job_record import read_job_record
from video2reward.artifacts.selection import read_selection
from video2reward.errors import UserError, choices
from video2reward.results.layout import CandidateFiles, ExperimentFolder, LoopFolder, Results, VideoFolder
from video2reward.results.places import EVERY_CANDIDATE, place_of


@dataclass(frozen=True)
class Playable:
    """A trained candidate.

    gait: its gait distance, body lengths, None before it was judged; falls: fraction of the agents
    """

    n: int
    k: int
    policy: Path
    gait: float | None = None
    falls: float | None = None
    best: bool = False

    @property
    def words(self) -> str:
        """Round and candidate with what is known of it, each of a loop in other words."""
        if self.gait is None or self.falls is None:
            judged = "not judged yet"
        else:
            judged = f"gait {self.gait:.3f}, {self.falls:.0%} fall"
        return f"{self.n}.{self.k}: {judged}{', best' if self.best else ''}"


def trained_loops(results: Path) -> dict[tuple[str, int], list[Playable]]:
    """Return (experiment, seed) -> its trained candidates, the latest round first; without any, a `UserError`."""
    if not results.is_dir():
        raise UserError(
            f"{results} is not a results folder; name another with RESULTS=folder, or make run first"
        )
    found: dict[tuple[str, int], list[Playable]] = {}
    for path in sorted(results.glob(str(EVERY_CANDIDATE.policy))):
        place = place_of(path.relative_to(results))
        if place is None or place.seed is None or place.n is None or place.k is None:
            continue
        one = _trained(CandidateFiles(path.parent, place.k), place.n)
        if one is not None:
            found.setdefault((place.experiment, place.seed), []).append(one)
    if not found:
        raise UserError(f"no candidate in {results} has been trained yet; run the workflow a while first")
    return {name: _marked(results, *name, loop) for name, loop in sorted(found.items())}


def chosen_loop(
    loops: dict[tuple[str, int], list[Playable]], experiment: str = "", seed: int | None = None
) -> tuple[str, int]:
    """Return the loop that was asked for, by default the first; an unknown one is a `UserError`."""
    if experiment and experiment not in {name for name, _ in loops}:
        raise UserError(
            choices(experiment, {name for name, _ in loops}, "experiment with a trained candidate")
        )
    of_name = [loop for loop in loops if experiment in ("", loop[0])]
    of_seed = [loop for loop in of_name if seed in (None, loop[1])]
    if not of_seed:
        seeds = ", ".join(dict.fromkeys(str(number) for _, number in of_name))
        raise UserError(f"no candidate with SEED={seed} has been trained; seeds that have one: {seeds}")
    return of_seed[0]


def preselected(candidates: list[Playable]) -> Playable:
    """Return the best candidate; before any was chosen, that of the least gait distance."""
    return min(candidates, key=lambda one: (not one.best, one.gait is None, one.gait or 0.0))


def clip_of(experiment: ExperimentFolder, results: Path) -> VideoFolder | None:
    """Return the folder of an experiment's clip, by the record of its reference; None if that is missing."""
    record = experiment.record("retarget_motion")
    inputs = read_job_record(record).inputs if record.exists() else {}
    places = [place for name in inputs if (place := place_of(Path(name)))]
    video = next((place.video for place in places if place.file == "motion"), "")
    return Results(results).video(video) if video else None


def _trained(files: CandidateFiles, n: int) -> Playable | None:
    """Return a candidate, None if its training failed."""
    if not files.training.exists() or read_json(files.training).get("status") == "failed":
        return None
    judged = read_json(files.evaluation).get("deterministic") if files.evaluation.exists() else None
    gait = judged["gait"]["distance"] if judged else None
    return Playable(n, int(files.k), files.policy, gait, judged["falls"] if judged else None)


def _marked(results: Path, experiment: str, seed: int, candidates: list[Playable]) -> list[Playable]:
    """Mark the best so far, and put the latest rounds first."""
    latest = next(_selections(Results(results).experiment(experiment).loop(seed), candidates), None)
    marked = [
        Playable(one.n, one.k, one.policy, one.gait, one.falls, (one.n, one.k) == latest)
        for one in candidates
    ]
    return sorted(marked, key=lambda one: (-one.n, one.k))


def _selections(loop: LoopFolder, candidates: list[Playable]) -> Iterator[tuple[int, int]]:
    """Yield who was the best so far in each round that has been decided, the latest first."""
    for n in sorted({one.n for one in candidates}, reverse=True):
        with suppress(UserError):
            best = read_selection(loop.round(n).selection).best
            if best is not None:
                yield best.iteration, best.k
