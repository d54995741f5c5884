"""Which settings of the task go together with each other, with the robot, and with what else a training does."""

from __future__ import annotations

from video2reward.errors import UserError
from video2reward.robots.description import torque_control
from video2reward.settings.loop import Loop
from video2reward.settings.robot import Robot
from video2reward.settings.task import ON_TERRAIN, Task
from video2reward.settings.training import ONE_MODEL


def check_task(name: str, robot: Robot, task: Task, loop: Loop) -> None:
    """Raise a `UserError` for settings of an experiment that do not go together."""
    if task.actions == "torque":
        torque_control(robot)
    if task.terrain != "flat" and loop.training.simulator not in ON_TERRAIN:
        raise UserError(
            f"experiment {name}: task.terrain: {task.terrain} is for training.simulator: {' or '.join(ON_TERRAIN)}; contacts of "
            f"{loop.training.simulator!r} with a height field are not tried. Set one of the two, or task.terrain: flat"
        )
    if task.observation == "deployable" and loop.training.together == "round":
        raise UserError(
            f"experiment {name}: training.together: round gives the critic what the policy sees, and task.observation: deployable "
            "needs a critic that sees more; set training.together: candidate"
        )
    if task.observation == "published" and task.robustness != "off":
        raise UserError(
            f"experiment {name}: task.robustness: {task.robustness} has no figures for the noise of task.observation: published; "
            "set task.observation: own or deployable, or task.robustness: off"
        )
    # Said here too, as the base policy is trained undisturbed and would otherwise be trained first.
    if task.robustness != "off" and loop.training.simulator in ONE_MODEL:
        raise UserError(
            f"experiment {name}: task.robustness: {task.robustness} needs a model per agent; this simulator has one robot model for "
            "all agents and cannot vary friction, trunk_mass and what else is drawn of it; set task.robustness: off, or "
            "training.simulator: mujoco or mujoco_warp"
        )
    script = loop.evaluation.server
    if ("server" in loop.evaluation.physics and script is None) or (script and not script.is_file()):
        raise UserError(
            f"experiment {name}: evaluation.physics: [server] needs evaluation.server: SCRIPT, a file, found {script}; "
            "docs/your-simulator.md says how to write one"
        )
