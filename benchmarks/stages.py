"""Seconds, processor time and peak memory of every stage of a finished run.

    python benchmarks/stages.py [--results results]

Read from the tables that Snakemake writes for each job; jobs of one stage are added up.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import defaultdict
from pathlib import Path


def main() -> None:
    """Print a row per stage, slowest first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results"))
    results = parser.parse_args().results
    stages: dict[str, list[dict[str, float]]] = defaultdict(list)
    for path in sorted(results.glob("**/logs/*.tsv")):
        with path.open(newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                stages[re.sub(r"_\d+$", "", path.stem)].append(
                    {k: _number(row[k]) for k in ("s", "cpu_time", "max_rss")}
                )
    if not stages:
        raise SystemExit(f"error: no job tables under {results}; run the workflow first")
    print(f"{'stage':<22}{'jobs':>5}{'seconds':>10}{'per job':>10}{'processor s':>13}{'peak MB':>9}")
    for name, rows in sorted(stages.items(), key=lambda item: -sum(row["s"] for row in item[1])):
        seconds = sum(row["s"] for row in rows)
        cpu = sum(row["cpu_time"] for row in rows)
        print(
            f"{name:<22}{len(rows):>5}{seconds:>10.1f}{seconds / len(rows):>10.1f}{cpu:>13.1f}"
            f"{max(row['max_rss'] for row in rows):>9.0f}"
        )


def _number(text: str) -> float:
    """Return a table's number; Snakemake writes "-" or "NA" for jobs too short to measure."""
    try:
        return float(text)
    except ValueError:
        return 0.0


if __name__ == "__main__":
    main()
