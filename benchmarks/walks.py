"""Does the robot walk like the clip? The default dog over several seeds, compared with the base policy.

    python benchmarks/walks.py [--seeds 0 1 2] [--cores 2] [--config KEY=VALUE ...]

Runs the real workflow (finished jobs are kept) and prints for the deterministic policy, over 64 agents and 20 s, for
each seed and as the median: the gait distance relative to the base policy's, falls, and the mean speed relative to
the clip's Froude-scaled speed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
AIMS = {"gait ratio": "at most 0.65", "falls": "at most 0.08", "speed ratio": "0.75 to 1.25"}


def main() -> None:
    """Run the workflow and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--cores", default="all")
    parser.add_argument("--results", type=Path, default=Path("results/benchmarks/walks"))
    parser.add_argument("--config", nargs="*", default=[])
    args = parser.parse_args()
    run_dog(args.results, args.seeds, args.cores, *args.config)
    for experiment in sorted(path.parent for path in args.results.glob("*/base_evaluation.json")):
        print_table(experiment, args.seeds)


def run_dog(results: Path, seeds: list[int], cores: str, *settings: str, quiet: bool = False) -> None:
    """Run the workflow on the default dog in a results folder; settings: KEY=VALUE, as behind --config."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", cores]
    settings = (f"results={results}", "experiments=[amble]", f"seeds={seeds}", *settings)
    subprocess.run([*command, *(["--quiet"] if quiet else []), "--config", *settings], check=True)


def print_table(experiment: Path, seeds: list[int]) -> None:
    """Print one experiment's figures, a row per seed, and their medians."""
    base = _deterministic(experiment / "base_evaluation.json")
    rows = []
    for seed in seeds:
        best = _deterministic(experiment / f"seed{seed}" / "evaluation.json")
        distance = best["gait"]["distance"]
        rows.append(
            {
                "gait distance": distance,
                "gait ratio": distance / base["gait"]["distance"],
                "falls": best["falls"],
                "speed ratio": best["speed_ratio"],
            }
        )
    names = list(rows[0])
    print(
        f"\n{experiment.name}: base policy's gait distance {base['gait']['distance']:.3f}, falls {base['falls']:.2f}"
    )
    print(f"{'':<8}" + "".join(f"{name:>15}" for name in names))
    for seed, row in zip(seeds, rows, strict=True):
        print(f"seed {seed:<3}" + "".join(f"{row[name]:>15.3f}" for name in names))
    medians = {name: statistics.median(row[name] for row in rows) for name in names}
    print(f"{'median':<8}" + "".join(f"{medians[name]:>15.3f}" for name in names))
    print(f"{'aim':<8}" + "".join(f"{AIMS.get(name, ''):>15}" for name in names))


def _deterministic(path: Path) -> dict[str, Any]:
    evaluation = json.loads(path.read_text())
    if evaluation["status"] != "ok":
        raise SystemExit(f"error: {path} has no policy: {evaluation['traceback']}")
    found: dict[str, Any] = evaluation["deterministic"]
    return found


if __name__ == "__main__":
    main()
