"""A robot's own settings, from its cpu.yaml: some do not even stand with the default physics steps."""

from pathlib import Path

from video2reward.config.robot import load_preset
from video2reward.settings.task import Task

ROOT = Path(__file__).parents[2]


def own_physics(robot):
    """What a robot's cpu.yaml says of `substeps` and `control_dt`, by name."""
    own = load_preset(robot, "cpu", ROOT).get("task", {})
    return {key: own[key] for key in ("substeps", "control_dt") if key in own}


def own_task(robot):
    """The task of a robot's cpu.yaml, or the default one."""
    return load_preset(robot, "cpu", ROOT).get("task", {}).get("name", Task().name)
