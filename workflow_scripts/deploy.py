"""Write a finished experiment's policy for a deployment stack, from its best/deploy: the stack's layout, the stack's names."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from video2reward.artifacts.io import atomic_path, read_json
from video2reward.artifacts.json_yaml import write_json_yaml
from video2reward.errors import UserError, choices
from video2reward.jobs.script import run_script
from video2reward.results.layout import BestFolder, Results
from video2reward.results.places import place_of
from video2reward.settings.paths import expanded
from video2reward.settings.validation import read_yaml
from video2reward.sim.rl_sar import ZERO, rl_sar

ROOT = Path(__file__).resolve().parents[1]
ABOUT = "deploy.yaml"
VELOCITY = "base_lin_vel"
FORMATS = {"rl_sar": (rl_sar, ZERO)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiment", nargs="?", default="", help="the experiment's name in the results")
    parser.add_argument("--format", default="rl_sar", help=f"the stack: {', '.join(FORMATS)}")
    parser.add_argument("--seed", type=int, default=0, help="the loop's seed")
    parser.add_argument("--results", type=Path, help="results folder; default: that of config/config.yaml")
    parser.add_argument("--out", type=Path, help="folder to write; default: EXPERIMENT_FORMAT in this folder")
    args = parser.parse_args()
    if not args.experiment:
        raise UserError("which experiment? For example: make deploy EXPERIMENT=amble FORMAT=rl_sar")
    if args.format not in FORMATS:
        raise UserError(choices(args.format, FORMATS, "format"))
    results = args.results or expanded(read_yaml(ROOT / "config" / "config.yaml").get("results", "results"))
    best = BestFolder(Results(results).experiment(args.experiment).loop(args.seed).best)
    if not (best.deploy / ABOUT).exists():
        raise UserError(missing(args.experiment, best.deploy, results))
    out = args.out or Path(f"{args.experiment}_{args.format}")
    if out.exists():
        raise UserError(f"{out} is there already: remove it, or name another folder with OUT=")
    make, note = FORMATS[args.format]
    about = read_json(best.deploy / ABOUT)
    files = make(about, best.onnx.name)
    with atomic_path(out) as aside:
        for path, content in files.items():
            (aside / path).parent.mkdir(parents=True, exist_ok=True)
            write_json_yaml(aside / path, content)
            if path.endswith("config.yaml"):
                shutil.copyfile(best.onnx, (aside / path).with_name(best.onnx.name))
    print(
        f"{out}: {', '.join(files)}; set joint_mapping to your robot's motors. {note if VELOCITY in about['needs'] else ''}"
    )


def missing(experiment: str, folder: Path, results: Path) -> str:
    """Say that a deploy folder is missing, and which experiments have one, those with the nearest names first."""
    pattern = BestFolder(Results().experiment("*").loop("*").best).deploy
    places = (place_of(path.relative_to(results)) for path in results.glob(str(pattern)))
    finished = sorted({place.experiment for place in places if place})
    if experiment not in finished and finished:
        return choices(experiment, finished, "finished experiment")
    return f"{folder} does not exist: run the experiment {experiment} to its end first"


if __name__ == "__main__":
    run_script(main)
