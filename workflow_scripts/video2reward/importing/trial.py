"""Standing without a policy, tried in MuJoCo from several starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from video2reward.importing.shapes import lowest
from video2reward.robots.mjcf import import_mujoco
from video2reward.robots.model import CONTROL_DT
from video2reward.settings.robot import Robot

SECONDS, STARTS, _SEED = 2.0, 8, 0
_STILL = 0.1  # m/s
_SINK = 0.15  # of the starting height that the base may lose
_TILT = 0.9  # cosine of the base's largest tilt


@dataclass(frozen=True)
class Stood:
    """What came of one start."""

    fell: str  # why, empty if it stands
    sunk: float  # how far the base sank below its start, m
    squared: float  # sum of the squared torques at the end, (N m)^2
    load: dict[str, float]  # joint -> largest part of its torque limit in the last half second


def all_starts(robot: Robot, substeps: int, model: Any) -> list[Stood]:
    """Let the robot stand for two seconds from its default pose and from its spread."""
    random = np.random.default_rng(_SEED)
    joints = len(robot.joints)
    spreads = [np.zeros(joints), *random.uniform(-1, 1, (STARTS - 1, joints))]
    return [_stand(robot, substeps, model, 1 + robot.reset_spread * spread) for spread in spreads]


def _stand(robot: Robot, substeps: int, model: Any, scale: np.ndarray) -> Stood:
    mujoco = import_mujoco()
    data = at_start(robot, model, scale)
    base = model.body(robot.base).id
    dof = int(model.joint(model.body_jntadr[base]).dofadr[0])
    forbidden = {model.body(name).id for name in robot.terminate_on_contact}
    limits = model.actuator_forcerange[:, 1]
    load = np.zeros(model.nu)
    steps = round(SECONDS / CONTROL_DT) * substeps
    fell = ""
    for step in range(steps):
        mujoco.mj_step(model, data)
        touched = {int(model.geom_bodyid[g]) for g in data.contact.geom.flat} & forbidden
        if touched:
            fell = f"{model.body(min(touched)).name} touches the ground after {data.time:.1f} s"
        elif not data.xmat[base, 8] > _TILT:
            fell = f"it tips over after {data.time:.1f} s"
        if fell:
            break
        if step > 0.75 * steps:
            load = np.maximum(load, np.abs(data.actuator_force) / np.where(limits > 0, limits, np.inf))
    speed = float(np.linalg.norm(data.qvel[dof : dof + 3]))
    sunk = robot.spawn_height - float(data.xpos[base, 2])
    if not fell and sunk > _SINK * robot.spawn_height:
        fell = f"it sinks by {sunk * 100:.0f} cm"
    if not fell and speed > _STILL:
        fell = f"it still moves at {speed:.2f} m/s"
    squared = float(np.square(data.actuator_force).sum())
    return Stood(fell, sunk, squared, dict(zip(robot.joints, map(float, load), strict=True)))


def at_start(robot: Robot, model: Any, scale: np.ndarray | float = 1.0) -> Any:
    """Return MjData at the start of an episode; the feet start on the ground, not in it."""
    mujoco = import_mujoco()
    data = mujoco.MjData(model)
    data.qpos[:] = 0
    root = int(model.joint(model.body_jntadr[model.body(robot.base).id]).qposadr[0])
    data.qpos[root + 2 : root + 4] = robot.spawn_height, 1
    target = np.array([robot.default_pose[name] for name in robot.joints])
    ends = np.array([model.joint(name).range for name in robot.joints])
    at = [int(model.joint(name).qposadr[0]) for name in robot.joints]
    data.qpos[at] = np.clip(target * scale, ends[:, 0], ends[:, 1])
    data.ctrl[:] = target
    mujoco.mj_forward(model, data)
    data.qpos[root + 2] -= min(0.0, *(lowest(model, data, model.geom(foot).id) for foot in robot.feet))
    mujoco.mj_forward(model, data)
    return data
