"""The run task's observation entry by entry as in IsaacGymEnvs 1.5.1 (humanoid.py), 108 for its humanoid.

Angles are those of a target on the ground 1000 m ahead of where episodes start. The angle to it is the published
one: the target's elevation (of z, where y would be meant) less the yaw. Joint forces and the feet's force sensors
need `task.actions: torque`; docs/fidelity.md says how they differ from the published simulator's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from video2reward.robots.description import torque_control
from video2reward.settings.robot import Robot
from video2reward.sim.tasks.observation import Entries

TARGET_M = 1000.0


def published_parts(robot: Robot) -> list[Entries]:
    """Return the parts in their published order, with their published scales."""
    axes, joints = [*"xyz"], robot.joints
    wrench = [f"{kind}_{axis}" for kind in ("force", "torque") for axis in "xyz"]
    sensors = [f"{body}_{entry}" for body in torque_control(robot).force_sensors for entry in wrench]
    return [
        Entries("base_height", ["z"], read=lambda s: s["base_height"][:, None]),
        Entries("base_lin_vel", axes),
        Entries("base_ang_vel", axes, 0.25),
        Entries("torso", ["yaw", "roll", "angle_to_target", "up", "heading"], read=torso),
        Entries("joint_pos_scaled", joints, read=joint_pos_scaled),
        Entries("joint_vel", joints, 0.1),
        Entries("joint_forces", joints, 0.01),
        Entries("force_sensors", sensors, 0.01),
        Entries("actions", joints),
    ]


def torso(signals: Mapping[str, Any]) -> Tensor:
    """Return yaw, roll and angle to the target, rad, -pi..pi, and how far up and to the target the torso points."""
    axes, place, yaw = signals["world_axes"], signals["position"], signals["heading"]
    roll = torch.atan2(axes[:, 2, 1], axes[:, 2, 2])
    away = torch.stack([TARGET_M - place[:, 0], -place[:, 1]], dim=1)
    heading = (away * axes[:, :2, 0]).sum(1) / away.norm(dim=1)
    angle = torch.atan2(-place[:, 2], away[:, 0]) - yaw
    angle = torch.remainder(angle + torch.pi, 2 * torch.pi) - torch.pi
    return torch.stack([yaw, roll, angle, axes[:, 2, 2], heading], dim=1)


def joint_pos_scaled(signals: Mapping[str, Any]) -> Tensor:
    """Return the joint angles (N, D) so that their limits are -1 and 1."""
    low, high = signals["joint_limits"]
    return (2 * signals["joint_pos"] - low - high) / (high - low)
