"""Merge another machine's results into these: missing files are copied, existing ones stay."""

from __future__ import annotations

import argparse
from pathlib import Path

from video2reward.jobs.script import run_script
from video2reward.results.merging import Merged, merge_results
from video2reward.settings.paths import expanded
from video2reward.settings.validation import read_yaml

ROOT = Path(__file__).resolve().parents[1]
SHOWN = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="the other results folder")
    parser.add_argument("--results", type=Path, help="results folder; default: that of config/config.yaml")
    args = parser.parse_args()
    results = args.results or expanded(read_yaml(ROOT / "config" / "config.yaml").get("results", "results"))
    tell(merge_results(args.source, results), results)


def tell(merged: Merged, results: Path) -> None:
    """Print what a merge did, and what the next run will repeat."""
    print(f"{results}: {merged.copied} files copied, {merged.same} were already here")
    if merged.kept:
        names = ", ".join(map(str, merged.kept[:SHOWN]))
        print(f"{len(merged.kept)} files differ there; the ones here are kept: {names}{more(merged.kept)}")
    if merged.left_out:
        names = ", ".join(map(str, merged.left_out[:SHOWN]))
        print(
            f"{len(merged.left_out)} links or other entries that are not plain files were skipped: {names}{more(merged.left_out)}"
        )
    for name, records in merged.again.items():
        jobs = ", ".join(str(record) for record in records[:SHOWN])
        print(
            f"made from a different {name}: {len(records)} copied jobs, which the next run repeats ({jobs}{more(records)}); "
            "docs/sharing.md explains how machines get the same files"
        )
    print("next: run the usual command with all experiments and seeds in config.yaml; it rebuilds the report")


def more(found: list[Path]) -> str:
    """Return how many items are not shown, in words."""
    return ", ..." if len(found) > SHOWN else ""


if __name__ == "__main__":
    run_script(main)
