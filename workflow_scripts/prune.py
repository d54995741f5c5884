"""Show what a results folder holds and delete what can be made again, only after confirmation."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from video2reward.errors import UserError
from video2reward.jobs.script import run_script
from video2reward.results.claims import claimed
from video2reward.results.pruning import Prunable, delete, find_prunable
from video2reward.results.space import environment_sizes, folder_size, human_bytes, stage_sizes
from video2reward.settings.paths import expanded
from video2reward.settings.validation import read_yaml

ROOT = Path(__file__).resolve().parents[1]
KEPT = (
    "kept: completions and their store, prompts, rewards, checks, scores, winners' and base policies, "
    "keypoints, motion, the last rounds' videos, best/, report, logs"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, help="results folder; default: that of config/config.yaml")
    parser.add_argument("--yes", action="store_true", help="delete without asking")
    args = parser.parse_args()
    results = args.results or expanded(read_yaml(ROOT / "config" / "config.yaml").get("results", "results"))
    if not results.is_dir():
        raise UserError(f"{results} is not a results folder; name another: make prune RESULTS=folder")
    show_sizes(results)
    found = find_prunable(results)
    show_prunable(found)
    size = human_bytes(sum(kind.size.bytes for kind in found))
    if not any(kind.paths for kind in found):
        return
    if args.yes or agreed(f"free {size}? [y/N] "):
        free(results)
    else:
        print(f"nothing was deleted; make prune YES=1 frees {size}")


def free(results: Path) -> None:
    """Delete what can be freed; if a workflow is active there, a `UserError`."""
    # Not registered among Snakemake's runs here, so that the next run still finds what a killed one left behind.
    with tempfile.TemporaryDirectory() as records, claimed(results, Path(records)):
        found = find_prunable(results)  # again: a workflow may have run since the listing
        size = human_bytes(sum(kind.size.bytes for kind in found))
        for kind in found:
            delete(kind.paths)
    print(f"freed {size}; finished jobs stay finished")


def show_sizes(results: Path) -> None:
    """Print files and bytes per stage and per rule environment."""
    print(f"{results}: {folder_size(results)}")
    for stage, size in stage_sizes(results).items():
        print(f"  {stage:<12}{size}")
    for name, size in environment_sizes(ROOT / ".environments").items():
        print(f".environments/{name}: {size}; not part of the results, reinstalled if deleted")


def show_prunable(found: list[Prunable]) -> None:
    """Print what could be freed, how to get it back, and what must stay."""
    print("can be freed:")
    if not any(kind.paths for kind in found):
        print("  nothing")
    for kind in found:
        if kind.paths:
            time = "" if kind.seconds is None else f" ({duration(kind.seconds)} when last made)"
            print(f"  {human_bytes(kind.size.bytes):>9}  {kind.what}: {kind.again}{time}")
    for kind in found:
        for sentence in kind.kept:
            print(f"  kept: {sentence}")
    print(KEPT)


def agreed(question: str) -> bool:
    """Ask on a terminal; without one the answer is no."""
    return sys.stdin.isatty() and input(question).strip().lower() in ("y", "yes")


def duration(seconds: float) -> str:
    """Return a time in words: 0.4 s, 35 s, 12 min, 3.5 h."""
    if seconds < 99.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5970 else f"{seconds / 3600:.1f} h"


if __name__ == "__main__":
    run_script(main)
