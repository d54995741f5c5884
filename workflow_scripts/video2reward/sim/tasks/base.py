"""The interface of a task: observation, commands, termination and success."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import torch
    from torch import Tensor

    from video2reward.artifacts.rollout import Rollout
    from video2reward.artifacts.success import SuccessWords
    from video2reward.settings.task import Task
    from video2reward.sim.tasks.observation import Observation


class TaskLogic(Protocol):
    """A registered task, constructed with (robot, settings.Task, reference's speed m/s).

    `signals` holds the catalogue's signals by name, and those that only tasks may read (snapshot.FOR_TASKS), such as
    `forbidden_contact` (N,) bool. A task is stateless: everything that agents must remember belongs to the environment,
    which saves it.
    """

    froude: float
    """Froude number of the gait whose speed and rhythm train the base policy, which has no clip; 0 for single motions."""
    success_definition: str
    """Definition of `rollout_success`, in words."""
    success_words: SuccessWords
    """The same in short, for the prompt, the feedback, the report and the tables."""
    description: str
    """What the robot is asked to do, for methods without words of their own for this task; a task may leave it out, then
    the robot's own description is shown."""
    one_command: bool
    """Whether all agents get the same commanded velocity."""
    observation: Observation
    """The blocks of the observation: how each is scaled, and mirrored for `training.mirror`."""
    observation_names: list[str]
    """A name per entry of the observation, for the exported policy."""

    @staticmethod
    def commands_in_words(settings: Task, speed: float) -> str:
        """Complete "commands ask for ..."; speed: the clip's on the robot, m/s."""

    def sample_commands(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw commands (count, 3) for a new episode."""

    def observe(self, signals: Mapping[str, Any]) -> Tensor:
        """Return the observation (N, O), float32."""

    def terminated(self, signals: Mapping[str, Any]) -> Tensor:
        """Return (N,) bool: the agent has failed."""

    def success(self, signals: Mapping[str, Any]) -> Tensor:
        """Return (N,) the success of this step, larger is better."""

    @staticmethod
    def rollout_success(rollout: Rollout) -> np.ndarray:
        """Return (A,) the mean of `success` over a rollout; a fallen agent must gain nothing from its fall.

        A rollout has positions (base first: x, y, z m, quaternion w x y z; x, y from the start), keypoints, heading,
        velocities and commands, but no contacts: artifacts/rollout.py. A task of single motions (registry.py) takes the
        reference as a second argument.
        """
