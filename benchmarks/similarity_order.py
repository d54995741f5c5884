"""Ranking of known good and bad motions by the two similarities.

    python benchmarks/similarity_order.py [--out docs/similarity.md] [--local] [--posture]

A robot moves exactly like the clip, with small errors, or in ways that must not score (synthesis/faults.py); the table
shows the `gait` similarity and the paper's distance. --local: also the dog recordings under V2R_LOCAL_DATA. A second
table has postures (leaning, crouching, feet ahead of the hips), by `gait` alone and with the posture penalty. Five
minutes on one core, nearly all of it FastDTW; --posture: only the second table, in seconds. Exit status 1 if a bad
motion ranks above a good one.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts"), str(ROOT / "benchmarks")]

from mocap_to_keypoints import film, hip_height, read_mocap  # noqa: E402
from motion_tables import RECORDINGS, describe  # noqa: E402
from synthesis.cases import Condition, make_case  # noqa: E402
from synthesis.faults import MADE, POSTURES, Made, make_rollout  # noqa: E402
from synthesis.more_gaits import GAITS  # noqa: E402
from video2reward.artifacts.io import write_text  # noqa: E402
from video2reward.artifacts.motion import Motion  # noqa: E402
from video2reward.artifacts.reference import Reference  # noqa: E402
from video2reward.errors import UserError  # noqa: E402
from video2reward.jobs.script import run_script  # noqa: E402
from video2reward.motion.retarget import retarget  # noqa: E402
from video2reward.robots.description import load_robot  # noqa: E402
from video2reward.robots.standing import standing_keypoints  # noqa: E402
from video2reward.similarity import gait_similarity, paper_similarity, posture_similarity  # noqa: E402

ROBOTS = {"dog": "anymal_c", "human": "humanoid"}
# Gait -> the cameras that the paper's normalisation depends on; none where its distance, which is slow, is left out.
SYNTHETIC = {
    ("dog", "amble"): ("fixed", "moving"),
    ("dog", "trot"): (),
    ("human", "walk"): (),
    ("human", "run"): ("fixed", "moving"),
}
BEGIN, END = "<!-- begin: benchmarks/similarity_order.py -->\n", "\n<!-- end -->"
BEGIN_POSTURE = "<!-- begin: benchmarks/similarity_order.py --posture -->\n"
GROUPS = ("same", "mirror", "reach", "honest", "bad", "unseen")


@dataclass(frozen=True)
class Clip:
    """A clip on its robot.

    cameras: kind of camera -> the motion as filmed by it, for the paper's definition
    """

    name: str
    reference: Reference
    cameras: dict[str, Motion]


def synthetic() -> Iterator[Clip]:
    """Yield the made gaits."""
    for (species, name), cameras in SYNTHETIC.items():
        motions = {}
        for camera in ("fixed", "moving"):
            case = make_case(species, GAITS[species, name], Condition(camera, pan=camera == "moving"))
            motions[camera] = describe(case.keypoints, species, background=case.background)
        reference = on_robot(motions["fixed"], species)
        yield Clip(f"{species} {name}", reference, {camera: motions[camera] for camera in cameras})


def recordings(folder: Path) -> Iterator[Clip]:
    """Yield the dog recordings."""
    for name, first, last, gait in RECORDINGS:
        points = read_mocap(folder / "mocap" / f"{name}_joint_pos.txt", first, last)
        motion = replace(describe(film(points), "dog"), leg_length_m=hip_height(points))
        yield Clip(f"real dog, {gait}", on_robot(motion, "dog"), {"fixed": motion})


def on_robot(motion: Motion, species: str) -> Reference:
    """Return the motion on the robot of its kind."""
    folder = ROOT / "resources" / "robots" / ROBOTS[species]
    robot = load_robot(folder / "robot.yaml")
    standing = standing_keypoints(folder / robot.mjcf, robot, motion.skeleton)
    return retarget(motion, robot, *standing, robot.reach)


def measure(clip: Clip) -> tuple[dict[Made, float], dict[str, dict[Made, float]]]:
    """Return the motions' `gait` similarity, and camera -> the paper's distance per aligned pair of samples."""
    gait: dict[Made, float] = {}
    paper: dict[str, dict[Made, float]] = {camera: {} for camera in clip.cameras}
    for made in MADE:
        rollout = make_rollout(made, clip.reference)
        gait[made] = gait_similarity(rollout, clip.reference).similarity
        for camera, motion in clip.cameras.items():
            found = paper_similarity(rollout, motion, clip.reference, agents=4, segments=1)
            paper[camera][made] = found.per_sample
    return gait, paper


def fooled(column: dict[Made, float], sign: int) -> list[Made]:
    """Return the bad motions that are put before the worst honest one; sign: 1 if more is better."""
    worst = min(sign * value for made, value in column.items() if made.group == "honest")
    return [made for made, value in column.items() if made.group == "bad" and sign * value >= worst]


def table(columns: dict[str, tuple[dict[Made, float], int]]) -> Iterator[str]:
    """Yield a line for each motion, those that fool a definition in bold."""
    wrong = {name: fooled(column, sign) for name, (column, sign) in columns.items()}
    yield "| group | motion | " + " | ".join(columns) + " |"
    yield "|---|---|" + "---|" * len(columns)
    for made in sorted(MADE, key=lambda one: GROUPS.index(one.group)):
        cells = []
        for name, (column, sign) in columns.items():
            text = _figure(column[made], sign)
            cells.append(f"**{text}**" if made in wrong[name] else text)
        yield f"| {made.group} | {made.name} | " + " | ".join(cells) + " |"
    count = sum(made.group == "bad" for made in MADE)
    counts = " | ".join(str(len(wrong[name])) for name in columns)
    yield f"| | bad motions that score as an honest one, of {count} | {counts} |"


def _figure(value: float, sign: int) -> str:
    if not np.isfinite(value):
        return "none"
    return f"{value:.2f}".replace("-0.00", "0.00") if sign > 0 else f"{value:.4f}"


def both(clips: list[Clip]) -> tuple[str, bool]:
    """Return the table of both definitions and whether `gait` keeps the order."""
    gait: dict[str, tuple[dict[Made, float], int]] = {}
    paper: dict[str, tuple[dict[Made, float], int]] = {}
    for clip in clips:
        similarities, distances = measure(clip)
        gait[f"gait, {clip.name}"] = (similarities, 1)
        for camera, column in distances.items():
            paper[f"paper, {clip.name}, {camera} camera"] = (column, -1)
    return "\n".join(table(gait | paper)), not any(fooled(column, sign) for column, sign in gait.values())


def held(clips: list[Clip]) -> tuple[str, bool]:
    """Return the table of postures, `gait` alone and with posture, and whether the latter keeps the order."""
    lines = [
        "| group | posture | " + " | ".join(f"{clip.name}: gait | with posture" for clip in clips) + " |",
        "|---|---|" + "---|" * 2 * len(clips),
    ]
    judged: dict[str, dict[Made, float]] = {clip.name: {} for clip in clips}
    for made in POSTURES:
        cells = []
        for clip in clips:
            rollout = make_rollout(made, clip.reference)
            gait = gait_similarity(rollout, clip.reference)
            found = 1 - posture_similarity(rollout, clip.reference, gait).distance / gait.standing
            judged[clip.name][made] = found
            cells += [_figure(gait.similarity, 1), _figure(found, 1)]
        lines.append(f"| {made.group} | {made.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines), not any(fooled(column, 1) for column in judged.values())


def put(page: Path, begin: str, text: str) -> None:
    """Put a table where the last one stands."""
    before, _, after = page.read_text().partition(begin)
    write_text(page, before + begin + text + END + after.partition(END)[2])


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="a page whose table is replaced")
    parser.add_argument("--local", action="store_true", help="also the recordings under V2R_LOCAL_DATA")
    parser.add_argument("--posture", action="store_true", help="the table of postures alone")
    args = parser.parse_args()
    clips = list(synthetic())
    if args.local:
        if "V2R_LOCAL_DATA" not in os.environ:
            raise UserError(
                "--local needs V2R_LOCAL_DATA, the folder that holds mocap/dog_walk00_joint_pos.txt"
            )
        clips += recordings(Path(os.environ["V2R_LOCAL_DATA"]))
    tables = {BEGIN_POSTURE: held(clips)}
    if not args.posture:
        tables[BEGIN] = both(clips)
    for begin, (text, _) in tables.items():
        if args.out is None:
            print(text)
        else:
            put(args.out, begin, text)
    in_order = all(kept for _, kept in tables.values())
    print("in order" if in_order else "a bad motion ranks above a good one")
    if not in_order:
        raise SystemExit(1)


if __name__ == "__main__":
    run_script(main)
