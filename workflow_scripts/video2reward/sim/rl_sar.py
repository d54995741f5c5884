"""A deployment in the layout that rl_sar (github.com/fan-ziqi/rl_sar) reads: base.yaml of the robot, config.yaml of the policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from video2reward.errors import UserError

# Our block -> rl_sar's, and the key of its scale, if it has one.
_BLOCKS = {
    "base_lin_vel": ("lin_vel", "lin_vel_scale"),
    "base_ang_vel": ("ang_vel", "ang_vel_scale"),
    "projected_gravity": ("gravity_vec", None),
    "commands": ("commands", "commands_scale"),
    "joint_pos_offset": ("dof_pos", "dof_pos_scale"),
    "joint_vel": ("dof_vel", "dof_vel_scale"),
    "actions": ("actions", None),
}
_WAYS_OUT = {
    "phase": "train with task: {observe_clock: false}",
    "turned_gravity": "train with task: {observation: own}",
}
ZERO = "rl_sar itself leaves lin_vel at zero: have your robot's class fill obs.lin_vel from a state estimator"


def rl_sar(deploy: Mapping[str, Any], policy: str) -> dict[str, dict[str, Any]]:
    """Return path below rl_sar's `policy` folder -> content, of a `deploy.yaml`'s content; policy: name of the ONNX file.

    Joints keep our order: joint_mapping is to be set to the motors' order of the robot at hand.

    Raises:
        UserError: rl_sar has no word for what the policy does or observes
    """
    robot, control, observation = deploy["robot"], deploy["control"], deploy["observation"]
    name, joints, count = robot["name"], robot["joints"], len(robot["joints"])
    frames = observation["frames"]
    if control["actions"] != "position":
        raise UserError(
            f"rl_sar adds actions to the default pose, and this policy's are {control['actions']}: train with task: "
            "{actions: position}"
        )
    drives = {
        "num_of_dofs": count,
        "fixed_kp": control["stiffness"],
        "fixed_kd": control["damping"],
        "wheel_indices": [],
        "torque_limits": [_one_limit(*row) for row in zip(joints, control["torque_limits"], strict=True)],
        "default_dof_pos": robot["default_pose"],
        "joint_mapping": list(range(count)),
    }
    base = {
        "dt": control["physics_dt"],
        "decimation": control["decimation"],
        "joint_names": joints,
        "joint_controller_names": [f"{joint}_controller" for joint in joints],
        **drives,
    }
    config = {
        "model_name": policy,
        "num_observations": observation["size"] // frames,
        # rl_sar counts the frames from the newest, 0, and lays them out as listed; [] is one frame without a history.
        "observations_history": list(range(frames)) if frames > 1 else [],
        "clip_obs": observation["clip"],
        "clip_actions_lower": [-control["action_clip"]] * count,
        "clip_actions_upper": [control["action_clip"]] * count,
        "rl_kp": control["stiffness"],
        "rl_kd": control["damping"],
        "action_scale": control["action_scale"],
        **_observations(observation["blocks"]),
        **drives,
    }
    own = f"{name}/video2reward"
    return {f"{name}/base.yaml": {name: base}, f"{own}/config.yaml": {own: config}}


def _observations(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    """Return rl_sar's names of the blocks, in order, and their scales."""
    names, scales = [], {}
    for block in blocks:
        if block["name"] not in _BLOCKS:
            way = _WAYS_OUT.get(block["name"], "train with the task velocity")
            raise UserError(f"rl_sar has no block for {block['name']}, which this policy observes: {way}")
        name, key = _BLOCKS[block["name"]]
        names.append(name)
        if key is not None:
            scales[key] = block["scale"] if key == "commands_scale" else block["scale"][0]
    return {"observations": names, **scales}


def _one_limit(joint: str, limit: list[float] | None) -> float:
    if limit is None:
        raise UserError(
            f"rl_sar needs a torque limit for every joint; {joint!r} has none in the MJCF: add actuatorfrcrange"
        )
    return min(-limit[0], limit[1])
