"""Make a robot's folder out of an MJCF or URDF of someone else: keypoints, stance, drives and checks."""

from __future__ import annotations

import argparse
from pathlib import Path

from video2reward.errors import UserError
from video2reward.importing.folder import Imported, import_robot
from video2reward.jobs.script import run_script

ROOT = Path(__file__).resolve().parents[1]
ROBOTS = ROOT / "resources" / "robots"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", nargs="?", default="", help="MJCF, URDF or robot_descriptions:NAME")
    parser.add_argument("--name", default="", help="the robot's name")
    parser.add_argument("--out", type=Path, help="the folder; default: resources/robots/NAME")
    args = parser.parse_args()
    if not args.source or not args.name:
        raise UserError(
            "which model, and what shall it be called? For example: make robot FROM=spot.xml NAME=spot"
        )
    tell(
        import_robot(args.source, args.name, args.out or ROBOTS / args.name, ROBOTS / "humanoid" / "cpu.yaml")
    )


def tell(made: Imported) -> None:
    """Print the table of checks, what was guessed, and what comes next."""
    robot = made.robot
    print(f"{made.folder}: {robot.description}; feet {', '.join(robot.feet)}")
    for check in made.checks:
        print(f"  {'ok ' if check.good else 'NO '} {check.name:20} {check.value}")
    for note in made.notes:
        print(f"- {note}")
    print(
        f"look at {made.folder / 'standing.png'}, and at the comments in {made.folder / 'robot.yaml'}: each says what was guessed"
    )
    if all(check.good for check in made.checks):
        print(f"next: make run VIDEO=clip.mp4 ROBOT={robot.name}")
    else:
        print(
            "next: correct what NO stands before, in robot.yaml or in the model; docs/your-robot.md explains the keys"
        )


if __name__ == "__main__":
    run_script(main)
