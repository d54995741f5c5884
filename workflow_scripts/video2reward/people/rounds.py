"""Which rounds wait for a person, and the files that a page about one is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import read_json
from video2reward.artifacts.selection import Candidate
from video2reward.errors import UserError
from video2reward.results.layout import ExperimentFolder, LoopFolder, Results, RoundFolder, VideoFolder
from video2reward.results.places import EVERY_ROUND, place_of


@dataclass(frozen=True)
class RoundFiles:
    """A round and what surrounds it: `results/EXPERIMENT/seed<n>/iter<n>`; video: of its clip."""

    round: RoundFolder
    video: VideoFolder
    experiment: ExperimentFolder

    def evaluation(self, best: Candidate | None) -> dict[str, Any]:
        """Return a candidate's evaluation, {} if there is none."""
        if best is None:
            return {}
        path = LoopFolder(self.round.path.parent).round(best.iteration).candidate(best.k).evaluation
        return read_json(path) if path.exists() else {}

    def base_evaluation(self) -> dict[str, Any]:
        """Return a base policy's evaluation, that of the usual seed if there are several; {} before any was made."""
        found = sorted(self.experiment.path.glob(str(ExperimentFolder().base("*").evaluation)), key=_length)
        return read_json(found[0]) if found else {}


def round_files(folder: Path, inputs: list[str]) -> RoundFiles:
    """Return the files of a round; inputs: paths that one of its jobs read, among them the clip's motion."""
    places = [place for name in inputs if (place := place_of(Path(name)))]
    video = next((place.video for place in places if place.file == "motion"), "")
    results, name = folder.parents[2], folder.parents[1].name
    if not video:
        raise UserError(f"{folder} does not say which video it is about; run the workflow again")
    return RoundFiles(RoundFolder(folder), Results(results).video(video), Results(results).experiment(name))


def _length(path: Path) -> tuple[int, str]:
    return len(path.name), path.name


def chosen_rounds(named: Path | None, results: Path, waits: Callable[[RoundFolder], bool]) -> list[Path]:
    """Return the round that was named, or all that wait for a person; without one, a `UserError`."""
    if named is not None:
        place = place_of(named / RoundFolder().selection)
        if not named.is_dir() or place is None or place.n is None:
            raise UserError(
                f"{named} is not a round's folder; name one such as {results}/EXPERIMENT/seed0/iter1"
            )
        return [named]
    if not results.is_dir():
        raise UserError(f"{results} is not a results folder; name another with RESULTS=folder")
    found = sorted(results.glob(f"{EVERY_ROUND.path}/"), key=lambda path: (path.parent, RoundFolder(path).n))
    waiting = [path for path in found if waits(RoundFolder(path))]
    if not waiting:
        raise UserError(
            f"no round in {results} waits for a person; run the workflow first, or name a round with ROUND=folder"
        )
    return waiting
