"""Smoothness of the feet's paths of known good and bad motions.

    python benchmarks/smoothness.py [--out docs/scores.md]

A robot moves exactly like the clip, with small errors, trembling, too fast, not at all or falling
(synthesis/faults.py); shown is the evaluations' smoothness, averaged over its feet. A minute on one core.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts"), str(ROOT / "benchmarks")]

from similarity_order import Clip, synthetic  # noqa: E402
from synthesis.faults import MADE, make_rollout  # noqa: E402
from video2reward.artifacts.io import write_text  # noqa: E402
from video2reward.errors import UserError  # noqa: E402
from video2reward.jobs.script import run_script  # noqa: E402
from video2reward.scores.smoothness import foot_smoothness  # noqa: E402

BEGIN, END = "<!-- begin: benchmarks/smoothness.py -->\n", "\n<!-- end -->"
SHOWN = (
    "the clip",
    "the clip within the robot's reach",
    "amplitude 15 % smaller",
    "hind legs swapped",
    "tempo 0.7",
    "tempo 1.4",
    "noise of 0.01",
    "flailing, size 0.6, slow",
    "flailing, size 0.6, jerky",
    "half the agents fall",
    "trembling",
    "standing",
    "all agents fall",
)


def table(clips: list[Clip]) -> Iterator[str]:
    """Yield a line for each motion."""
    made = {one.name: one for one in MADE}
    yield "| motion | " + " | ".join(clip.name for clip in clips) + " |"
    yield "|---|" + "---|" * len(clips)
    for name in SHOWN:
        found = (foot_smoothness(make_rollout(made[name], clip.reference), clip.reference) for clip in clips)
        yield f"| {name} | " + " | ".join(f"{one.mean:.2f}" for one in found) + " |"


def main() -> None:
    """Print the table, or put it into the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="a page whose table is replaced")
    args = parser.parse_args()
    text = "\n".join(table(list(synthetic())))
    if args.out is None:
        print(text)
        return
    before, found, after = args.out.read_text().partition(BEGIN)
    if not found:
        raise UserError(f"{args.out} has no line {BEGIN.strip()!r}, which marks the place of the table")
    write_text(args.out, before + BEGIN + text + END + after.partition(END)[2])


if __name__ == "__main__":
    run_script(main)
