"""Put the results of another machine into this one's: what is missing is copied, what is here stays."""

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
    parser.add_argument("--results", type=Path, help="folder; without it, the one in config/config.yaml")
    args = parser.parse_args()
    results = args.results or expanded(read_yaml(ROOT / "config" / "config.yaml").get("results", "results"))
    tell(merge_results(args.source, results), results)


def tell(merged: Merged, results: Path) -> None:
    """Print what a merge did, and what the next run will make again."""
    print(f"{results}: {merged.copied} files copied, {merged.same} were here already")
    if merged.kept:
        names = ", ".join(map(str, merged.kept[:SHOWN]))
        print(
            f"{len(merged.kept)} files are of another content there; kept are those here: {names}{more(merged.kept)}"
        )
    if merged.left_out:
        names = ", ".join(map(str, merged.left_out[:SHOWN]))
        print(
            f"{len(merged.left_out)} links or other entries that are no plain files were left out: {names}{more(merged.left_out)}"
        )
    for name, records in merged.again.items():
        jobs = ", ".join(str(record) for record in records[:SHOWN])
        print(
            f"made from another {name}: {len(records)} copied jobs, which the next run does again ({jobs}{more(records)}); "
            "docs/sharing.md says how machines get the same"
        )
    print(
        "next: the same command as ever, with all experiments and seeds in config.yaml; it makes the report anew"
    )


def more(found: list[Path]) -> str:
    """Return a word for those that are not shown."""
    return ", ..." if len(found) > SHOWN else ""


if __name__ == "__main__":
    run_script(main)
