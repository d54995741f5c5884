"""The velocity task: follow a commanded forward, sideways and turning velocity without falling.

Observation, scales, termination and success follow the Anymal task of IsaacGymEnvs 1.5.1 (Anymal.yaml,
anymal.py). There, "projected gravity" is gravity turned by the base's rotation, not into the base's frame; so it
is with the published observation, while ours turns it properly. Ours may have the phase clock too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.artifacts.rollout import Rollout
from video2reward.artifacts.success import SuccessWords
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.sim.tasks.observation import (
    COMMANDS,
    ROTATION,
    VECTOR,
    Entries,
    Observation,
    clock,
    joint_offset,
)

CLIP = 5.0


class VelocityTask:
    """Observation, commands, termination and success of the velocity task."""

    froude = 0.25
    success_definition = (
        "minus the squared errors of velocity and yaw rate, mean over whole episodes with the commands "
        "of training; a fallen agent counts as standing still; interval: 95 % of the mean over agents"
    )
    success_words = SuccessWords(
        "minus the squared errors of velocity and yaw rate", "(m/s)² and (rad/s)² together", "0 is perfect"
    )
    one_command = False

    @staticmethod
    def commands_in_words(settings: Task, speed: float) -> str:
        """Say what "commands ask for", for a clip's speed on the robot, m/s."""
        unit = speed if settings.command_vx_unit == "clip" else 1.0
        low, high = (unit * bound for bound in settings.command_vx)
        return f"vx of {low:.2f}..{high:.2f} m/s"

    def __init__(self, robot: Robot, settings: Task, speed: float) -> None:
        """Prepare for a robot; `speed` is the clip's, Froude-scaled, m/s: mostly the unit of commanded vx."""
        unit = speed if settings.command_vx_unit == "clip" else 1.0
        vx = tuple(unit * bound for bound in settings.command_vx)
        self.command_ranges = (vx, settings.command_vy, settings.command_yaw)
        ranges = torch.tensor(self.command_ranges)
        self._lowest, self._span = ranges[:, 0], ranges[:, 1] - ranges[:, 0]
        axes, joints = [*"xyz"], robot.joints
        gravity = Entries("projected_gravity", axes, mirrored=VECTOR)
        if settings.observation == "published":
            gravity = Entries(
                "turned_gravity", axes, read=lambda s: -s["world_axes"][:, :, 2], mirrored=VECTOR
            )
        parts = [
            Entries("base_lin_vel", axes, 2.0, mirrored=VECTOR),
            Entries("base_ang_vel", axes, 0.25, mirrored=ROTATION),
            gravity,
            Entries("commands", ["vx", "vy", "yaw_rate"], [2.0, 2.0, 0.25], mirrored=COMMANDS),
            Entries("joint_pos_offset", joints, read=joint_offset, mirrored="joints"),
            Entries("joint_vel", joints, 0.05, mirrored="joints"),
            Entries("actions", joints, mirrored="joints"),
        ]
        if settings.observe_clock:
            parts.append(clock())
        self.observation = Observation(parts, CLIP)
        self.observation_names = self.observation.names
        self.observation_scales = self.observation.scales

    def sample_commands(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw vx, vy (m/s) and yaw rate (rad/s), each uniform in its range -> (count, 3)."""
        return self._lowest + self._span * torch.rand(count, 3, generator=generator, device=generator.device)

    def observe(self, signals: Mapping[str, Any]) -> Tensor:
        """Return the scaled observation, clipped to -5..5."""
        return self.observation.read(signals)

    def terminated(self, signals: Mapping[str, Any]) -> Tensor:
        """An agent has fallen when its base or a thigh touches the ground (robot.yaml names them)."""
        return signals["forbidden_contact"]

    def success(self, signals: Mapping[str, Any]) -> Tensor:
        """Minus the squared errors of the linear velocity in the plane and of the yaw rate."""
        commands = signals["commands"]
        linear = signals["base_lin_vel"][:, :2] - commands[:, :2]
        turning = signals["base_ang_vel"][:, 2] - commands[:, 2]
        return -(linear.square().sum(1) + turning.square())

    @staticmethod
    def rollout_success(rollout: Rollout) -> np.ndarray:
        """Return each agent's mean success per step (A,); it stands still from its fall on."""
        error = rollout.velocity_until_fall - rollout.commands[:, None]
        return np.asarray(-(error**2).sum(-1).mean(1))
