"""Serve pages on this machine on which a person chooses between the films of a round's candidates."""

from __future__ import annotations

import argparse
import getpass
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from feedback_page import FILM_BYTES, TEMPLATES, footage
from video2reward.artifacts.check import read_check
from video2reward.artifacts.io import digest, read_json
from video2reward.artifacts.job_record import read_job_record
from video2reward.artifacts.preferences import read_preferences
from video2reward.artifacts.selection import Candidate, read_selection
from video2reward.errors import UserError
from video2reward.jobs.script import run_script
from video2reward.results.layout import ExperimentFolder, LoopFolder, RoundFolder
from video2reward.results.places import place_of
from video2reward.scores.preference import missing

if TYPE_CHECKING:
    from video2reward.people.preference import Contest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("round", type=Path, nargs="?", help="a round's folder; default: all that wait")
    parser.add_argument("--results", type=Path, default=Path("results"), help="where to look for such rounds")
    parser.add_argument("--who", default="", help="who chooses; default: the login name")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    args = parser.parse_args()

    from video2reward.people.desk import serve_pages
    from video2reward.people.preference import PreferencePages
    from video2reward.people.rounds import chosen_rounds

    rounds = chosen_rounds(args.round, args.results, waits)
    pages = PreferencePages([contest(one) for one in rounds], args.who or getpass.getuser(), TEMPLATES)
    serve_pages(pages, args.port)
    print(f"wrote {', '.join(str(RoundFolder(one).preferences) for one in rounds)}")
    print("run the same command as before: it goes on from here")


def waits(folder: RoundFolder) -> bool:
    """Tell whether a pair of a round's films has nobody's choice yet."""
    try:
        films = {name: digest(film) for name, (film, _) in compared(folder).items()}
    except UserError:  # films are still to be made, or this method needs none
        return False
    return bool(missing(films, read_preferences(folder.preferences).choices))


def compared(folder: RoundFolder) -> dict[str, tuple[Path, Path]]:
    """Return name -> film and rollout of what people choose between in a round; a missing film is a `UserError`."""
    from video2reward.policy.preference import contestants
    from video2reward.policy.select import describe

    files = list(takewhile(lambda one: one.evaluation.exists(), map(folder.candidate, count(1))))
    candidates = [
        describe(folder.n, k, read_check(one.check), read_json(one.training), read_json(one.evaluation))
        for k, one in enumerate(files, start=1)
    ]
    before, best = previous(folder)
    films = contestants(candidates, [one.film for one in files], best, before.film if before else None)
    if lacking := [str(film) for film in films.values() if not film.exists()]:
        raise UserError(
            f"{', '.join(lacking)} does not exist; films of all candidates are made for methods with "
            "selection: preference: run the workflow first"
        )
    rollouts = {one.film: one.rollout for one in files} | ({before.film: before.rollout} if before else {})
    return {name: (film, rollouts[film]) for name, film in films.items()}


def previous(folder: RoundFolder) -> tuple[RoundFolder | None, Candidate | None]:
    """Return the round before, and the best candidate up to it; None in the first round."""
    if folder.n == 1:
        return None, None
    before = LoopFolder(folder.path.parent).round(folder.n - 1)
    return before, read_selection(before.selection).best


def contest(path: Path) -> Contest:
    """Return what a person chooses between in a round."""
    from video2reward.artifacts.motion import read_motion
    from video2reward.people.preference import Contest
    from video2reward.people.rounds import round_files
    from video2reward.report.films import make_film
    from video2reward.report.player import make_comparison
    from write_loop_page import film_workshop

    folder = RoundFolder(path)
    films = compared(folder)
    if len(films) < 2:
        raise UserError(f"{path} has {len(films)} usable candidate: there is nothing to choose between")
    experiment = path.parents[1]
    # The job that brought the video's motion into the robot's reach says which video it is.
    record = ExperimentFolder(experiment).record("retarget_motion")
    files = round_files(path, [*read_job_record(record).inputs])

    def show(left: str, right: str) -> object:
        first, second = (footage(files, rollout, film) for film, rollout in (films[left], films[right]))
        film = make_film(first, film_workshop(), FILM_BYTES, second)
        return film and make_comparison(film, first, ("Left", "Right"))

    place = place_of(folder.selection)
    return Contest(
        title=f"{experiment.name}, {path.parent.name}, round {folder.n}",
        species=read_motion(files.video.motion).species,
        preferences=folder.preferences,
        films={name: digest(film) for name, (film, _) in films.items()},
        seed=place.seed or 0 if place else 0,
        iteration=folder.n,
        show=show,
    )


if __name__ == "__main__":
    run_script(main)
