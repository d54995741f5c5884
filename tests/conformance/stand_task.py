"""A whole task of one's own, to start from: docs/architecture.md, "A task"."""

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
from video2reward.sim.tasks.observation import Entries, Observation, joint_offset


class StandTask:
    """Stand as tall as you can."""

    froude = 0.25
    success_definition = "height of the base, m, mean over whole episodes; 0 from a fall on"
    success_words = SuccessWords("height of the base", "m", "taller is better")
    description = "to stand as tall as it can"
    one_command = True

    @staticmethod
    def commands_in_words(settings: Task, speed: float) -> str:
        """Say what "commands ask for"."""
        return "nothing but to stay"

    def __init__(self, robot: Robot, settings: Task, speed: float) -> None:
        """Prepare for a robot."""
        height = Entries("base_height", ["z"], read=lambda s: s["base_height"][:, None])
        self.observation = Observation([height, Entries("joint_pos_offset", robot.joints, read=joint_offset)])
        self.observation_names = self.observation.names

    def sample_commands(self, count: int, generator: torch.Generator) -> Tensor:
        """Command to stay."""
        return torch.zeros(count, 3)

    def observe(self, signals: Mapping[str, Any]) -> Tensor:
        """Return the observation."""
        return self.observation.read(signals)

    def terminated(self, signals: Mapping[str, Any]) -> Tensor:
        """An agent has fallen when a part that must not touches the ground."""
        return signals["forbidden_contact"]

    def success(self, signals: Mapping[str, Any]) -> Tensor:
        """Height of the base, m."""
        return signals["base_height"]

    @staticmethod
    def rollout_success(rollout: Rollout) -> np.ndarray:
        """Return each agent's mean height (A,), m."""
        height = np.asarray(rollout.qpos, float)[..., 2]
        up = np.arange(height.shape[1])[None] < np.asarray(rollout.fell_at)[:, None]
        return np.asarray((height * up).mean(1))
