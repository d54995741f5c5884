"""The run task: run straight ahead and do not fall.

Termination and success follow the Humanoid task of IsaacGymEnvs 1.5.1 (humanoid.py): an agent has failed when
its torso sinks below a height (robot.yaml's fall_height, published 0.8 m), success is the speed towards a far
target straight ahead. The observation is leaner than the published one (no joint forces): projected gravity and
the direction of the course stand for its angles, foot contacts for its force sensors, and the phase clock is
added. As published, no command is observed: the one commanded speed, the clip's, is learned by the reward. (An entry
that never changes has no spread to be normalised by, and would lead a policy astray at any other value.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.artifacts.rollout import Rollout
from video2reward.settings import Robot, Task

CLIP = 10.0


class RunTask:
    """Observation, commands, termination and success of the run task."""

    froude = 1.0
    success_definition = (
        "mean speed along the course, m/s: the way from the start to where the agent is at the end, or fell, by the "
        "whole time; interval: 95 % of the mean over agents"
    )

    def __init__(self, robot: Robot, settings: Task, speed: float) -> None:
        """Prepare for a robot; `speed` is the clip's, Froude-scaled, m/s: what is commanded, whatever the ranges."""
        self._clock = settings.observe_clock
        self._fall_height = robot.fall_height
        self._command = torch.tensor([speed, 0.0, 0.0])
        axes = [*"xyz"]
        parts: list[tuple[str, list[str], float]] = [
            ("base_height", ["z"], 1.0),
            ("base_lin_vel", axes, 1.0),
            ("base_ang_vel", axes, 0.25),
            ("projected_gravity", axes, 1.0),
            ("course", axes, 1.0),
            ("joint_pos_offset", list(robot.joints), 1.0),
            ("joint_vel", list(robot.joints), 0.1),
            ("actions", list(robot.joints), 1.0),
            ("foot_contacts", list(robot.feet), 1.0),
        ]
        if self._clock:
            parts.append(("phase", ["sin", "cos"], 1.0))
        self.observation_names = [f"{part}.{entry}" for part, entries, _ in parts for entry in entries]
        self.observation_scales = [scale for _, entries, scale in parts for _ in entries]
        self._scales = torch.tensor(self.observation_scales)

    def sample_commands(self, count: int, generator: torch.Generator) -> Tensor:
        """Return the clip's speed straight ahead, (count, 3) m/s, m/s, rad/s; nothing is drawn."""
        return self._command.repeat(count, 1)

    def observe(self, signals: Mapping[str, Any]) -> Tensor:
        """Return the scaled observation, clipped to -10..10."""
        parts = [
            signals["base_height"][:, None],
            signals["base_lin_vel"],
            signals["base_ang_vel"],
            signals["projected_gravity"],
            signals["course"],
            signals["joint_pos"] - signals["default_joint_pos"],
            signals["joint_vel"],
            signals["actions"],
            signals["foot_contacts"],
        ]
        if self._clock:
            parts += [signals["phase_sin"][:, None], signals["phase_cos"][:, None]]
        return torch.cat(parts, dim=1).mul_(self._scales).clamp_(-CLIP, CLIP)

    def terminated(self, signals: Mapping[str, Any]) -> Tensor:
        """An agent has fallen when its base is too low; without a height, when a named body touches the ground."""
        if self._fall_height is None:
            return signals["forbidden_contact"]
        return signals["base_height"] < self._fall_height

    def success(self, signals: Mapping[str, Any]) -> Tensor:
        """Speed along the course, m/s."""
        return (signals["base_lin_vel"] * signals["course"]).sum(1)

    @staticmethod
    def rollout_success(rollout: Rollout) -> np.ndarray:
        """Return each agent's mean speed along the course (A,), m/s; it starts at x = 0, heading along x."""
        last = np.minimum(np.asarray(rollout.fell_at), rollout.qpos.shape[1] - 1)
        way = np.asarray(rollout.qpos, float)[np.arange(len(last)), last, 0]
        return np.asarray(way / (rollout.qpos.shape[1] * rollout.dt))
