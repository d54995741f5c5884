"""Pack a finished experiment into one file that others can run again: prompts, answers, rewards, figures, best policies."""

from __future__ import annotations

import argparse
from pathlib import Path

from video2reward.artifacts.io import atomic_path
from video2reward.bundles.packing import packed
from video2reward.config.command_line import assigned
from video2reward.config.layers import merge
from video2reward.config.plan import Experiment, Plan, load_plan
from video2reward.errors import UserError, choices
from video2reward.jobs.script import run_script
from video2reward.settings.paths import expanded
from video2reward.settings.validation import read_yaml

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiment", nargs="?", default="", help="the experiment's name in the results")
    parser.add_argument("--results", type=Path, help="results folder; default: that of config/config.yaml")
    parser.add_argument("--out", type=Path, help="the bundle; default: EXPERIMENT.tar.xz in this folder")
    parser.add_argument(
        "--config", nargs="*", default=[], help="NAME=VALUE, the settings that the run was given"
    )
    args = parser.parse_args()
    content = read_yaml(ROOT / "config" / "config.yaml")
    plan, experiment = planned(args.experiment, content, assigned(args.config))
    results = args.results or expanded(content.get("results", "results"))
    out = args.out or Path(f"{experiment.name}.tar.xz")
    archive = packed(plan, experiment, results, ROOT)
    with atomic_path(out) as aside:
        aside.write_bytes(archive)
    print(f"{out}: {len(archive):,} bytes; run it again anywhere: make rerun BUNDLE={out}")
    print("look at what you share: prompts and answers, and with a critique pictures of the clip")


def planned(name: str, content: dict[str, object], asked: dict[str, object]) -> tuple[Plan, Experiment]:
    """Return the plan with the experiment, looked for in config.yaml and then among the groups that its name begins with."""
    if not name:
        raise UserError("which experiment? For example: make bundle EXPERIMENT=amble")
    plan = load_plan(merge(content, asked), ROOT, asked)
    names = set(plan.experiments)
    words = name.split("-")
    for group in ("-".join(words[:n]) for n in range(len(words), 0, -1)):
        if name not in plan.experiments and (ROOT / "config" / "experiments" / f"{group}.yaml").exists():
            wanted = {**asked, "experiments": [group]}
            plan = load_plan(merge(content, {"video": None}, wanted), ROOT, wanted)
    if name not in plan.experiments:
        raise UserError(choices(name, names | set(plan.experiments), "experiment"))
    return plan, plan.experiments[name]


if __name__ == "__main__":
    run_script(main)
