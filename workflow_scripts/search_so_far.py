"""Say what the variants of a group have reached and gained so far, while their loops still run."""

from __future__ import annotations

import argparse
from pathlib import Path

from video2reward.artifacts.io import write_text
from video2reward.config.command_line import assigned
from video2reward.config.layers import merge
from video2reward.config.plan import Experiment, load_plan
from video2reward.errors import UserError
from video2reward.jobs.script import run_script
from video2reward.settings.validation import read_yaml
from video2reward.tables.runs import Planned

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("group", help="a file of config/experiments that has variants")
    parser.add_argument("--out", type=Path, help="a folder for search.csv and search.svg; default: none")
    parser.add_argument(
        "--config", nargs="*", default=[], help="NAME=VALUE, the settings that the run was given"
    )
    args = parser.parse_args()

    from video2reward.tables.search import SearchStudy
    from video2reward.tables.search_drawing import search_drawing
    from video2reward.tables.search_words import sentences
    from video2reward.tables.sheets import write_table
    from video2reward.tables.trails import read_trails

    asked = {**assigned(args.config), "experiments": [args.group]}
    plan = load_plan(merge(read_yaml(ROOT / "config" / "config.yaml"), asked), ROOT, asked)
    planned = tuple(map(described, plan.experiments.values()))
    if not any(one.variant for one in planned):
        raise UserError(
            f"experiment {args.group} has no variants to compare; docs/methods.md says how to write some"
        )
    trails = read_trails(planned, plan.results)
    study = SearchStudy(planned, tuple(trails))
    print(f"{sum(not one.unfinished for one in trails)} of {len(trails)} loops are finished")
    for line in sentences(study):
        print(line)
    if args.out is not None:
        write_table(args.out / "search.csv", study.table)
        write_text(args.out / "search.svg", search_drawing(study))
        print(f"wrote {args.out / 'search.csv'} and search.svg")


def described(one: Experiment) -> Planned:
    """Return an experiment as the tables know it."""
    return Planned(
        name=one.name,
        robot=one.robot,
        video=one.video,
        method=one.way,
        description=one.method.description,
        seeds=one.loop.seeds,
        iterations=one.loop.iterations,
        samples=one.loop.samples,
        practice=one.practice,
        search=one.loop.search.model_dump(),
        variant=one.variant,
    )


if __name__ == "__main__":
    run_script(main)
