"""The velocity task: follow a commanded forward, sideways and turning velocity without falling.

Observation, scales, termination and success follow the Anymal task of IsaacGymEnvs 1.5.1 (Anymal.yaml,
anymal.py); projected gravity is rotated into the base's frame properly, and the phase clock is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.artifacts.rollout import Rollout
from video2reward.settings import Robot, Task

CLIP = 5.0


class VelocityTask:
    """Observation, commands, termination and success of the velocity task."""

    froude = 0.25
    success_definition = (
        "minus the squared errors of velocity and yaw rate, mean over whole episodes with the commands "
        "of training; a fallen agent counts as standing still; interval: 95 % of the mean over agents"
    )

    def __init__(self, robot: Robot, settings: Task, speed: float) -> None:
        """Prepare for a robot; `speed` is the clip's, Froude-scaled, m/s: the unit of commanded vx."""
        self._clock = settings.observe_clock
        vx = tuple(speed * bound for bound in settings.command_vx)
        ranges = torch.tensor([vx, settings.command_vy, settings.command_yaw])
        self._lowest, self._span = ranges[:, 0], ranges[:, 1] - ranges[:, 0]
        axes = [*"xyz"]
        parts: list[tuple[str, list[str], list[float]]] = [
            ("base_lin_vel", axes, [2.0] * 3),
            ("base_ang_vel", axes, [0.25] * 3),
            ("projected_gravity", axes, [1.0] * 3),
            ("commands", ["vx", "vy", "yaw_rate"], [2.0, 2.0, 0.25]),
            ("joint_pos_offset", list(robot.joints), [1.0] * len(robot.joints)),
            ("joint_vel", list(robot.joints), [0.05] * len(robot.joints)),
            ("actions", list(robot.joints), [1.0] * len(robot.joints)),
        ]
        if self._clock:
            parts.append(("phase", ["sin", "cos"], [1.0, 1.0]))
        self.observation_names = [f"{part}.{entry}" for part, entries, _ in parts for entry in entries]
        self.observation_scales = [scale for _, _, scales in parts for scale in scales]
        self._scales = torch.tensor(self.observation_scales)

    def sample_commands(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw vx, vy (m/s) and yaw rate (rad/s), each uniform in its range -> (count, 3)."""
        return self._lowest + self._span * torch.rand(count, 3, generator=generator)

    def observe(self, signals: Mapping[str, Any]) -> Tensor:
        """Return the scaled observation, clipped to -5..5."""
        parts = [
            signals["base_lin_vel"],
            signals["base_ang_vel"],
            signals["projected_gravity"],
            signals["commands"],
            signals["joint_pos"] - signals["default_joint_pos"],
            signals["joint_vel"],
            signals["actions"],
        ]
        if self._clock:
            parts += [signals["phase_sin"][:, None], signals["phase_cos"][:, None]]
        return torch.cat(parts, dim=1).mul_(self._scales).clamp_(-CLIP, CLIP)

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
