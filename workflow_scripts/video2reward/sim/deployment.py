"""All that a robot's own program must know to run a policy, as `deploy.yaml` has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from video2reward.artifacts.reference import Reference
from video2reward.registry import TASKS
from video2reward.robots.description import gain, torque_control, torque_driven
from video2reward.robots.model import solid_geoms
from video2reward.robots.terrain import terrain_in_words
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.sim.observed import block_of, deployable
from video2reward.sim.robustness.table import listed
from video2reward.sim.shapes import corners
from video2reward.sim.snapshot import STRIDE_LIMIT, Constants
from video2reward.sim.starts import Starts
from video2reward.sim.steering import command_ranges
from video2reward.sim.tasks.base import TaskLogic

FORMAT = "video2reward-deploy-1"
UNITS = {
    "length": "m", "angle": "rad", "time": "s", "mass": "kg", "force": "N", "torque": "N m", "stiffness": "N m/rad",
    "damping": "N m s/rad", "command": "m/s, m/s, rad/s", "axes": "x forward, y left, z up; quaternions w x y z",
}  # fmt: skip


def deployment(
    robot: Robot, model: Any, mjcf: str, task: Task, reference: Reference, meta: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the content of deploy.yaml: plain values, every one finite or None.

    model: the robot's as simulated (robots.model.build_model); mjcf: name of its file in the folder
    meta: the policy's, which says what its actions mean
    """
    robot = torque_driven(robot) if task.actions == "torque" else robot
    logic: TaskLogic = TASKS.load(task.name)(robot, task, reference.speed)
    constants = Constants(robot, model, reference, task.control_dt)
    own, steps = task.observation == "deployable", task.history if task.observation == "deployable" else 1
    observation = deployable(logic.observation) if own else logic.observation
    blocks, clip = [block_of(part) for part in observation.parts], observation.clip
    return {
        "format": FORMAT,
        "trained_for": _purpose(robot, task, reference, logic),
        "needs": {block["name"]: block["needs"] for block in blocks if block["needs"]},
        "robot": _robot(robot, model, mjcf, logic, task.actions == "torque"),
        "control": _control(robot, model, task, constants, meta),
        "clock": {
            "period_s": constants.stride_period,
            "start": float(Starts(task, constants).phase(torch.tensor([0.5]))[0]),
            "meaning": "phase, 0 to 1, grows by dt / period_s a control step; observed as sine and cosine of 2 pi phase",
        },
        "commands": _commands(logic, reference),
        "observation": {
            "size": steps * len(observation.names),
            "clip": clip if clip < float("inf") else None,
            "meaning": "frames, the newest first: the blocks in order, each entry times its scale, then clipped to -clip..clip; "
            "not normalised",
            "frames": steps,
            "start": "the first frame stands for those before it",
            "blocks": blocks,
        },
        "motion": _motion(constants, reference),
        "units": UNITS,
    }


def _purpose(robot: Robot, task: Task, reference: Reference, logic: TaskLogic) -> dict[str, Any]:
    return {
        "task": task.name,
        "description": getattr(logic, "description", robot.task_description),
        "speed": reference.speed,
        "ground": _ground(task),
        "robustness": listed(task.robustness, task.control_dt, task.actions == "torque"),
    }


def _ground(task: Task) -> str:
    words = terrain_in_words(*task.ground)
    ground = f"{task.terrain}, {words}" if words else task.terrain
    if task.robustness == "off":
        return (
            f"{ground}, hard, friction 1; no noise, no delay and no other mass or friction were trained for"
        )
    return f"{ground}, hard; each training episode drew anew what `robustness` lists, uniformly from lowest to highest"


def _robot(robot: Robot, model: Any, mjcf: str, logic: TaskLogic, torque: bool) -> dict[str, Any]:
    feet = [model.geom(name).id for name in robot.feet]
    height, contact = _fall_rule(robot, logic)
    bodies = {model.body(name).id for name in robot.terminate_on_contact} if contact else set()
    parts = [g for g in solid_geoms(model) if g not in feet and int(model.geom_bodyid[g]) in bodies]
    return {
        "name": robot.name,
        "description": robot.description,
        "mjcf": mjcf,
        "base": robot.base,
        "joints": list(robot.joints),
        "default_pose": [float(robot.default_pose[joint]) for joint in robot.joints],
        "joint_limits": [
            [float(end) for end in model.joint(joint).range] if model.joint(joint).limited[0] else None
            for joint in robot.joints
        ],
        "spawn_height": robot.spawn_height,
        "feet": list(robot.feet),
        "feet_parts": [_part(model, geom) for geom in feet],
        "falls": {"height": height, "parts": [_part(model, geom) for geom in parts]},
        "force_sensors": list(torque_control(robot).force_sensors) if torque else [],
    }


def _part(model: Any, geom: int) -> dict[str, Any]:
    """Return a part's points in its body's frame, one of which is its lowest, and their radius, m."""
    points, radius = corners(model, geom)
    body = model.body(model.geom_bodyid[geom]).name
    return {"body": body, "points": [[float(x) for x in point] for point in points], "radius": radius}


def _fall_rule(robot: Robot, logic: TaskLogic) -> tuple[float | None, bool]:
    """Return below which height of the base, m, and whether by contact of a forbidden body the task ends: it is asked.

    For a task that judges by anything else, both rules of robot.yaml hold.
    """

    def falls(height: float, contact: bool) -> bool:
        signals = {"base_height": torch.tensor([height]), "forbidden_contact": torch.tensor([contact])}
        try:
            return bool(logic.terminated(signals)[0])
        except KeyError:
            return True

    high = 1e3
    low = robot.fall_height if robot.fall_height is not None and falls(0.0, False) else None
    return low, falls(high, True)


def _control(
    robot: Robot, model: Any, task: Task, constants: Constants, meta: Mapping[str, Any]
) -> dict[str, Any]:
    scale, torque, drives = (
        meta["action_scale"],
        task.actions == "torque",
        [model.actuator(j) for j in robot.joints],
    )
    found = {
        "actions": task.actions,
        "meaning": meta["action"],
        "rate_hz": 1 / task.control_dt,
        "dt": task.control_dt,
        "decimation": task.substeps,
        "physics_dt": float(model.opt.timestep),
        "action_clip": 1.0,
        "action_scale": list(scale) if isinstance(scale, list) else [float(scale)] * len(robot.joints),
        "stiffness": None if torque else [gain(robot.stiffness, joint) for joint in robot.joints],
        "damping": None if torque else [gain(robot.damping, joint) for joint in robot.joints],
        "torque_limits": [
            [float(end) for end in drive.forcerange] if model.actuator_forcelimited[drive.id] else None
            for drive in drives
        ],
    }
    if task.actions == "residual":
        found |= {name: meta[name] for name in ("reference_pose", "reference_motion")}
        found["stride_speed"] = max(constants.target_speed, 1e-6) if constants.scales_with_speed else None
        found["stride_limit"] = STRIDE_LIMIT
    return found


def _commands(logic: TaskLogic, reference: Reference) -> dict[str, Any]:
    low, high, start = command_ranges(logic, reference.speed)
    return {"names": ["vx", "vy", "yaw_rate"], "lowest": low, "highest": high, "start": start}


def _motion(constants: Constants, reference: Reference) -> dict[str, Any] | None:
    """Return what a single motion asks of the trunk by phase, and where its middle is; None for a gait."""
    if constants.single is None:
        return None
    phases = len(reference.trunk)
    weights = zip(constants.keypoints.names, constants.keypoints.middle[0].tolist(), strict=True)
    return {
        "columns": ["height, m", "forward, m/s", "up, m/s", "flight, 0 or 1", "sine of the lean forward"],
        "table": constants.single.at(torch.arange(phases) / phases).tolist(),
        "flight": [float(phase) for phase in reference.flight] if reference.flies else [2.0, 2.0],
        "trunk_middle": {name: weight for name, weight in weights if weight},
    }
