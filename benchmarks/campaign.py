"""Planning and scheduling cost of a campaign: 1,000 videos x 4 robots x 3 methods x 5 seeds, 5 rounds of 16 candidates.

    python benchmarks/campaign.py [--largest 5] [--empty 400]

Measures dry runs of growing parts of the campaign (up to `largest` seeds of one video) with nothing done yet, and runs
of empty jobs. The rest is extrapolated by a least-squares fit, seconds = a + b x jobs + c x experiments; the largest
deviation of a measured point is printed. Times are processor times.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.dry_run import Campaign, Cost, dry_run, make_bare, make_project, run  # noqa: E402

WHOLE = Campaign(videos=1000, robots=4, methods=3, seeds=5)
ONE_VIDEO = replace(WHOLE, videos=1)
JOBS_PER_CANDIDATE = 4  # completion, reward, policy, evaluation
FILES_PER_CANDIDATE = 20  # 8 results; of each job a log, a record and a table of times
FILES_PER_ROUND = 26  # beside those of its candidates


def main() -> None:
    """Measure, fit, extrapolate, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--largest", type=int, default=ONE_VIDEO.seeds, help="seeds of one video")
    parser.add_argument("--empty", type=int, default=400, help="empty jobs that are run")
    args = parser.parse_args()
    parts = [
        replace(ONE_VIDEO, robots=1, seeds=1),
        replace(ONE_VIDEO, seeds=1),
        replace(ONE_VIDEO, videos=10, seeds=1, iterations=1, samples=1),
        replace(ONE_VIDEO, seeds=args.largest),
    ]
    costs = [planned(part) for part in parts]
    for part, cost in zip(parts, costs, strict=True):
        print(
            f"{part.experiments:4d} experiments, {part.candidates:6d} candidates, {cost.jobs:6d} jobs: "
            f"{cost.seconds:6.1f} s, {cost.memory_mb:5.0f} MB"
        )
    for what in ("seconds", "memory_mb"):
        tell_fit(what, parts, costs)
    tell_files()
    tell_scheduling(args.empty)


def planned(campaign: Campaign) -> Cost:
    """Measure one dry run."""
    with tempfile.TemporaryDirectory() as folder:
        return dry_run(make_project(Path(folder), campaign), "--config", *campaign.settings)


def jobs_of(campaign: Campaign) -> int:
    """Return about how many jobs a campaign has: those of its candidates, and five more each round."""
    rounds = campaign.experiments * campaign.seeds * campaign.iterations
    return JOBS_PER_CANDIDATE * campaign.candidates + 5 * rounds


def tell_fit(what: str, parts: list[Campaign], costs: list[Cost]) -> None:
    """Fit seconds or memory to jobs and experiments, and print the whole campaign's."""
    x = np.array([[1, cost.jobs, part.experiments] for part, cost in zip(parts, costs, strict=True)], float)
    y = np.array([getattr(cost, what) for cost in costs])
    # Relative departures count: the points differ twentyfold.
    (start, per_job, per_experiment), *_ = np.linalg.lstsq(x / y[:, None], np.ones(len(y)), rcond=None)
    departure = float(np.max(np.abs(x @ [start, per_job, per_experiment] / y - 1)))
    print(
        f"{what} = {start:.1f} + {1000 * per_job:.2f} per 1,000 jobs + {1000 * per_experiment:.1f} per 1,000 experiments; "
        f"measured points within {departure:.1%}"
    )
    for name, campaign in (("one video", ONE_VIDEO), ("whole campaign", WHOLE)):
        total = start + per_job * jobs_of(campaign) + per_experiment * campaign.experiments
        print(f"  {name}: {jobs_of(campaign):,} jobs: {total:,.0f} {'s' if what == 'seconds' else 'MB'}")


def tell_files() -> None:
    """Print how many files a campaign leaves, and how many lie in one folder."""
    rounds = WHOLE.experiments * WHOLE.seeds * WHOLE.iterations
    total = FILES_PER_CANDIDATE * WHOLE.candidates + FILES_PER_ROUND * rounds
    logs = 3 * (JOBS_PER_CANDIDATE * WHOLE.samples + 5)
    print(
        f"files: {total:,}; in the fullest folder (logs of a round) {logs}, as many folders of them as rounds: {rounds:,}"
    )


def tell_scheduling(count: int) -> None:
    """Run empty jobs, and print what one costs beside planning."""
    with tempfile.TemporaryDirectory() as folder:
        samples = math.ceil(count / JOBS_PER_CANDIDATE)
        file = make_bare(Path(folder), Campaign(methods=1, seeds=1, iterations=1, samples=samples))
        before = time.monotonic()
        cost = run(file, "--quiet", "rules", "host")
        wall = time.monotonic() - before
    print(
        f"{cost.jobs} empty jobs, run here: {1000 * cost.seconds / cost.jobs:.0f} ms of processor time a job, {wall:.0f} s in all"
    )


if __name__ == "__main__":
    main()
