"""The noise between seeds of one reward: the standard deviation of its trained gait distance, by robot and budget.

    python benchmarks/sample_efficiency.py                # once: the same reward trained with several seeds
    python benchmarks/seed_noise.py [--cells results/benchmarks/sample_efficiency] [--out resources/noise.yaml]

Selection and feedback call candidates that are nearer than this noise tied. Variances between seeds are pooled over the
cells (clip x lever) of a robot, which only differ in their means. Trainings with more falls than selection admits are
left out, as no gait distance of theirs is compared.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.artifacts.io import read_json, write_text  # noqa: E402
from video2reward.settings.method import Method  # noqa: E402
from video2reward.settings.validation import read_yaml  # noqa: E402

# Groups of at least this many degrees of freedom make a row.
LEAST = 2
MOST_FALLS = Method(description="").max_falls


def main() -> None:
    """Print and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=Path, default=Path("results/benchmarks/sample_efficiency"))
    parser.add_argument("--out", type=Path, help="write the table there, resources/noise.yaml")
    args = parser.parse_args()
    text = table(distances(args.cells))
    print(text)
    if args.out:
        write_text(args.out, text)


def distances(cells: Path) -> dict[tuple[str, int], list[list[float]]]:
    """Return (robot, thousands of steps) -> for each clip and lever the gait distances of its seeds."""
    found: dict[tuple[str, int], dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(list))
    for file in sorted(cells.glob("*/*_[0-9].json")):
        case, lever = file.parent.name, file.stem.rpartition("_")[0]
        robot = str(read_yaml(ROOT / "config" / "experiments" / f"{case}.yaml")["robot"])
        for row in read_json(file)["rows"]:
            if row["falls"] <= MOST_FALLS:
                found[robot, round(row["steps"] / 25_000) * 25][case, lever].append(row["gait"])
    return {key: list(groups.values()) for key, groups in found.items()}


def table(found: dict[tuple[str, int], list[list[float]]]) -> str:
    """Return resources/noise.yaml."""
    lines = [
        "# Noise between seeds of one reward: standard deviation of the trained gait distance, body lengths, by robot and",
        "# environment steps since the base policy. Pooled over clips and levers; freedom: degrees of freedom.",
        "source: python benchmarks/seed_noise.py --out resources/noise.yaml, of the cells of benchmarks/sample_efficiency.py",
        "rows:",
    ]
    for (robot, thousands), groups in sorted(found.items()):
        several = [np.array(group) for group in groups if len(group) > 1]
        freedom = sum(len(group) - 1 for group in several)
        if freedom >= LEAST:
            variance = sum(((group - group.mean()) ** 2).sum() for group in several) / freedom
            lines.append(
                f"  - {{robot: {robot}, steps: {thousands}000, sd: {np.sqrt(variance):.4f}, freedom: {freedom}}}"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
