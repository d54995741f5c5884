"""Wall time, processor time and peak memory of every rule in a finished run.

    python benchmarks/stages.py [--results results]

Read from each job's record; times are summed over the jobs of a rule.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

from video2reward.report.provenance import Job, read_jobs


def main() -> None:
    """Print a row per rule, slowest first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, default=Path("results"))
    results = parser.parse_args().results
    rules: dict[str, list[Job]] = defaultdict(list)
    for job in read_jobs(results):
        rules[job.rule].append(job)
    if not rules:
        raise SystemExit(f"error: no job tables under {results}; run the workflow first")
    print(f"{'rule':<22}{'jobs':>5}{'seconds':>10}{'per job':>10}{'processor s':>13}{'peak MB':>9}")
    for name, jobs in sorted(rules.items(), key=lambda item: -_seconds(item[1])):
        seconds = _seconds(jobs)
        processor = sum(job.processor_seconds or 0 for job in jobs)
        peak = max(job.peak_mb or 0 for job in jobs)
        print(
            f"{name:<22}{len(jobs):>5}{seconds:>10.1f}{seconds / len(jobs):>10.1f}{processor:>13.1f}{peak:>9.0f}"
        )


def _seconds(jobs: list[Job]) -> float:
    return sum(job.seconds or 0 for job in jobs)


if __name__ == "__main__":
    main()
