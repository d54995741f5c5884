"""A robot's settings files under resources/robots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from video2reward.errors import UserError, choices
from video2reward.robots.description import load_robot
from video2reward.settings.loop import RobotPreset
from video2reward.settings.robot import Robot
from video2reward.settings.validation import read_yaml, validate


def load_preset(robot: str, fidelity: str, root: Path) -> dict[str, Any]:
    """Read resources/robots/<robot>/<fidelity>.yaml; empty if there is no such file."""
    path = root / "resources" / "robots" / robot / f"{fidelity}.yaml"
    if not path.exists():
        return {}
    return validate(RobotPreset, read_yaml(path), path).model_dump(exclude_unset=True)


def load_task_preset(task: str, fidelity: str, root: Path) -> dict[str, Any]:
    """Read config/fidelity/<fidelity>_<task>.yaml; empty if there is no such file."""
    path = root / "config" / "fidelity" / f"{fidelity}_{task}.yaml"
    if not path.exists():
        return {}
    return validate(RobotPreset, read_yaml(path), path).model_dump(exclude_unset=True)


def load_robot_file(name: str, root: Path) -> Robot:
    """Read resources/robots/<name>/robot.yaml."""
    folder = root / "resources" / "robots"
    names = [path.parent.name for path in folder.glob("*/robot.yaml")]
    if name not in names:
        raise UserError(choices(name, names, "robot"))
    return load_robot(folder / name / "robot.yaml")
