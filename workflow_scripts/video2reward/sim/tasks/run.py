"""The run task: run straight ahead and do not fall.

Termination and success follow the Humanoid task of IsaacGymEnvs 1.5.1 (humanoid.py): an agent has failed when
its torso sinks below a height (robot.yaml's fall_height, published 0.8 m), success is the speed towards a far
target straight ahead. Our own observation is leaner than the published one (no joint forces): projected gravity
and the direction of the course stand for its angles, foot contacts for its force sensors, and the phase clock may
be added. As published, no command is observed: the one commanded speed, the clip's, is learned by the reward. (An entry
that never changes has no spread to be normalised by, and would lead a policy astray at any other value.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.artifacts.rollout import Rollout
from video2reward.artifacts.success import SuccessWords
from video2reward.errors import UserError
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.sim.tasks.observation import (
    ROTATION,
    VECTOR,
    Entries,
    Observation,
    clock,
    joint_offset,
)
from video2reward.sim.tasks.published_run import published_parts

CLIP = 10.0


class RunTask:
    """Observation, commands, termination and success of the run task."""

    froude = 1.0
    success_definition = (
        "mean speed along the course, m/s: the way from the start to where the agent is at the end, or fell, by the "
        "whole time; interval: 95 % of the mean over agents"
    )
    success_words = SuccessWords("speed along the course", "m/s", "larger is better")
    one_command = True

    @staticmethod
    def commands_in_words(settings: Task, speed: float) -> str:
        """Say what "commands ask for", for a clip's speed on the robot, m/s."""
        return "this speed straight ahead, of all agents alike"

    def __init__(self, robot: Robot, settings: Task, speed: float) -> None:
        """Prepare for a robot; `speed` is the clip's, Froude-scaled, m/s: what is commanded, whatever the ranges."""
        self._fall_height = robot.fall_height
        self._command = torch.tensor([speed, 0.0, 0.0])
        axes, joints = [*"xyz"], robot.joints
        published = settings.observation == "published"
        parts = [
            Entries("base_height", ["z"], read=lambda s: s["base_height"][:, None], mirrored=(1.0,)),
            Entries("base_lin_vel", axes, mirrored=VECTOR),
            Entries("base_ang_vel", axes, 0.25, mirrored=ROTATION),
            Entries("projected_gravity", axes, mirrored=VECTOR),
            Entries("course", axes, mirrored=VECTOR),
            Entries("joint_pos_offset", joints, read=joint_offset, mirrored="joints"),
            Entries("joint_vel", joints, 0.1, mirrored="joints"),
            Entries("actions", joints, mirrored="joints"),
            Entries("foot_contacts", robot.feet, mirrored="feet"),
        ]
        if published:
            if settings.actions != "torque":
                raise UserError(
                    "task.observation: published, of the run task, shows forces; it needs task.actions: torque"
                )
            parts = published_parts(robot)
        if settings.observe_clock:
            parts.append(clock())
        self.observation = Observation(parts) if published else Observation(parts, CLIP)
        self.observation_names = self.observation.names
        self.observation_scales = self.observation.scales

    def sample_commands(self, count: int, generator: torch.Generator) -> Tensor:
        """Return the clip's speed straight ahead, (count, 3) m/s, m/s, rad/s; nothing is drawn."""
        return self._command.repeat(count, 1)

    def observe(self, signals: Mapping[str, Any]) -> Tensor:
        """Return the scaled observation, ours clipped to -10..10."""
        return self.observation.read(signals)

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
