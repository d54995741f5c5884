"""Reading robot.yaml: gains, keypoint tables, torque control."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from video2reward.errors import UserError, choices
from video2reward.settings.robot import Robot, TorqueSettings
from video2reward.settings.validation import read_yaml, validate


def load_robot(path: Path) -> Robot:
    """Read a robot.yaml; a fault in it is a `UserError` that names the file, the key and the valid keys."""
    return validate(Robot, read_yaml(path), path)


def site_names(robot: Robot, skeleton_name: str) -> list[tuple[str, ...]]:
    """Return the sites to average for each mapped keypoint, in robot.yaml's order."""
    return [
        (site,) if isinstance(site, str) else site for site in keypoint_table(robot, skeleton_name).values()
    ]


def keypoint_table(robot: Robot, skeleton_name: str) -> dict[str, str | tuple[str, ...]]:
    """Return keypoint -> site(s) for a skeleton on this robot; a missing skeleton is a `UserError`."""
    if skeleton_name not in robot.skeletons:
        raise UserError(f"{robot.name}: {choices(skeleton_name, robot.skeletons, 'skeleton of this robot')}")
    return robot.skeletons[skeleton_name].sites


def gain(table: Mapping[str, float], joint: str) -> float:
    """Return the first entry of a gain table whose regular expression matches the whole joint name."""
    for pattern, value in table.items():
        if re.fullmatch(pattern, joint):
            return value
    raise UserError(f"joint {joint!r} matches no gain; patterns: {', '.join(table) or 'none'}")


def torque_control(robot: Robot) -> TorqueSettings:
    """Return robot.yaml's `torque_control`; if it has none, a `UserError`."""
    if robot.torque_control is None:
        raise UserError(
            f"task.actions: torque needs torque_control in the robot.yaml of {robot.name!r}, which has none; add it, "
            "or set task.actions: position"
        )
    return robot.torque_control


def torque_driven(robot: Robot) -> Robot:
    """Return the robot under torque control: it starts around zero joint angles, at its own spawn height."""
    changed = {
        "default_pose": dict.fromkeys(robot.joints, 0.0),
        "spawn_height": torque_control(robot).spawn_height,
    }
    return robot.model_copy(update=changed)
