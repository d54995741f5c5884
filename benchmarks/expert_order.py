"""The expert score of motions of known quality.

    python benchmarks/expert_order.py [--out docs/scores.md]

The robots play back sim/known_motions.py on each made gait; shown is the tables' expert score, scores/expert_score.py. Twenty
seconds on one core. Exit status 1 if a worse motion scores above a better one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts"), str(ROOT / "benchmarks")]

from similarity_order import put, synthetic  # noqa: E402
from video2reward.artifacts.reference import Reference  # noqa: E402
from video2reward.artifacts.rollout import Rollout  # noqa: E402
from video2reward.jobs.script import run_script  # noqa: E402
from video2reward.policy.evaluate import walking_figures  # noqa: E402
from video2reward.robots.description import load_robot  # noqa: E402
from video2reward.scores.expert_score import expert_score  # noqa: E402
from video2reward.scores.ranking import known_pairs  # noqa: E402
from video2reward.settings.task import Task  # noqa: E402
from video2reward.sim.known_motions import KNOWN, place_on  # noqa: E402
from video2reward.sim.mirror import ALIKE, asymmetry  # noqa: E402
from video2reward.sim.playback import Playback  # noqa: E402
from video2reward.similarity import gait_similarity, posture_similarity  # noqa: E402
from video2reward.similarity.reach import reach_distance  # noqa: E402

TASKS = {"anymal_c": "velocity", "humanoid": "run"}
BEGIN = "<!-- begin: benchmarks/expert_order.py -->\n"


def known_scores(reference: Reference, agents: int = 8, seconds: float = 8.0) -> dict[str, float]:
    """Return known motion -> its expert score on the reference's robot."""
    folder = ROOT / "resources" / "robots" / reference.robot
    robot, task = load_robot(folder / "robot.yaml"), Task(name=TASKS[reference.robot])
    playback = Playback(robot, folder / robot.mjcf, task, reference)
    return {one.name: score(playback.record(one, agents, seconds), reference) for one in KNOWN}


def score(rollout: Rollout, reference: Reference) -> float:
    """Return a rollout's expert score, as the tables have it from an evaluation."""
    gait, walk = gait_similarity(rollout, reference), walking_figures(rollout, reference.period_s)
    distance = posture_similarity(rollout, reference, gait).distance
    return expert_score(
        walk["falls"], walk["speed_ratio"], distance, gait.standing, reach_distance(reference)
    )


def disordered(scores: Mapping[str, float], reference: Reference) -> list[tuple[str, str]]:
    """Return the pairs of known order, better first, that the score has the other way round; ties of two decimals pass."""
    symmetric = asymmetry(reference) <= ALIKE
    places = {one.name: place_on(one, symmetric) for one in KNOWN}
    return [(a, b) for a, b in known_pairs(places) if scores[a] < scores[b] - 0.005]


def main() -> None:
    """Print the table, or put it into the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="a page whose table is replaced")
    args = parser.parse_args()
    found, wrong = {}, []
    for clip in synthetic():
        found[clip.name] = known_scores(clip.reference)
        wrong += [f"{clip.name}: {b} above {a}" for a, b in disordered(found[clip.name], clip.reference)]
    lines = ["| place | motion | " + " | ".join(found) + " |", "|---|---|" + "---|" * len(found)]
    for one in KNOWN:
        cells = " | ".join(f"{column[one.name]:.2f}" for column in found.values())
        lines.append(f"| {one.place} | {one.words} | {cells} |")
    text = "\n".join(lines)
    if args.out is None:
        print(text)
    else:
        put(args.out, BEGIN, text)
    print("\n".join(wrong) or "in order")
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    run_script(main)
