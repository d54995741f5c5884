"""Serve pages on this machine on which a person chooses between films: of a round's candidates, or of a group's methods."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Callable, Mapping
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
from video2reward.results.layout import ExperimentFolder, LoopFolder, Results, RoundFolder
from video2reward.results.places import place_of
from video2reward.scores.preference import missing

if TYPE_CHECKING:
    from video2reward.people.preference import Contest
    from video2reward.people.rounds import RoundFiles


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("round", type=Path, nargs="?", help="a round's folder; default: all that wait")
    parser.add_argument(
        "--group", default="", help="compare the methods of this group of experiments instead"
    )
    parser.add_argument("--results", type=Path, default=Path("results"), help="where to look for such rounds")
    parser.add_argument("--who", default="", help="who chooses; default: the login name")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    args = parser.parse_args()

    from video2reward.people.desk import serve_pages
    from video2reward.people.preference import PreferencePages
    from video2reward.people.rounds import chosen_rounds

    if args.group:
        contests = between_methods(args.results, args.group)
    else:
        contests = [contest(one) for one in chosen_rounds(args.round, args.results, waits)]
    serve_pages(PreferencePages(contests, args.who or getpass.getuser(), TEMPLATES), args.port)
    print(f"wrote {', '.join(dict.fromkeys(str(one.preferences) for one in contests))}")
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

    folder = RoundFolder(path)
    films = compared(folder)
    if len(films) < 2:
        raise UserError(f"{path} has {len(films)} usable candidate: there is nothing to choose between")
    experiment = path.parents[1]
    # The job that brought the video's motion into the robot's reach says which video it is.
    record = ExperimentFolder(experiment).record("retarget_motion")
    files = round_files(path, [*read_job_record(record).inputs])
    place = place_of(folder.selection)
    return Contest(
        title=f"{experiment.name}, {path.parent.name}, round {folder.n}",
        species=read_motion(files.video.motion).species,
        preferences=folder.preferences,
        films={name: digest(film) for name, (film, _) in films.items()},
        seed=place.seed or 0 if place else 0,
        iteration=folder.n,
        show=shower({name: (files, rollout, film) for name, (film, rollout) in films.items()}),
    )


def between_methods(results: Path, group: str) -> list[Contest]:
    """Return what a person chooses between in a finished group: on each clip, the films of two methods."""
    from video2reward.people.preference import Contest
    from video2reward.people.rounds import RoundFiles
    from video2reward.tables.study import read_study

    made = Results(results).tables(group)
    if not (made.pages / "provenance.json").exists():
        raise UserError(
            f"{made.pages} has no tables; make them first: snakemake tables --cores all --config 'experiments=[{group}]'"
        )
    told = read_json(made.pages / "provenance.json")["parameters"]
    study, contests = read_study(group, results, told["experiments"], ()), []
    for number, clip in enumerate(study.clips):
        runs = study.medians(clip)
        video = Results(results).video(clip.video)
        files = {name: RoundFiles(run.last, video, run.planned.folder(results)) for name, run in runs.items()}
        contests.append(
            Contest(
                title=f"{group}, {clip.robot}, {clip.video}",
                species=next(iter(runs.values())).motion.species if runs else "",
                preferences=made.preferences,
                films={name: digest(run.last.film) for name, run in runs.items()},
                seed=0,
                iteration=number,
                show=shower(
                    {name: (files[name], run.last.rollout, run.last.film) for name, run in runs.items()}
                ),
            )
        )
    return contests


def shower(films: Mapping[str, tuple[RoundFiles, Path, Path]]) -> Callable[[str, str], object]:
    """Return what makes the player of two contestants; films: contestant -> its files, rollout and film."""
    from video2reward.report.films import make_film
    from video2reward.report.player import make_comparison
    from write_loop_page import film_workshop

    def show(left: str, right: str) -> object:
        first, second = (footage(*films[name]) for name in (left, right))
        film = make_film(first, film_workshop(), FILM_BYTES, second)
        return film and make_comparison(film, first, ("Left", "Right"))

    return show


if __name__ == "__main__":
    run_script(main)
