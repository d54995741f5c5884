"""The single task: one motion between two rests, such as a jump, by the clock, again and again.

An episode goes through motion, rest, motion, rest ...; it begins in the rest. What the trunk should do at the present phase
(how high, how fast ahead and up, in flight or not) is observed beside the clock, so that a policy that has learned one jump
can begin with another. There are no commands: the clip says how far to go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.artifacts.success import SuccessWords
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.sim.tasks.observation import ROTATION, VECTOR, Entries, Observation, clock, joint_offset
from video2reward.similarity.jumps import SHARES, find_jumps

CLIP = 10.0
# Heights that are asked for count from this on, m; below it any height will do.
LEAST_M = 0.02


class SingleTask:
    """Observation, termination and success of the single task."""

    froude = 0.0
    success_definition = (
        "how much of what the clip's motion asks for is reached, 0 to 1, mean over whole motions and agents: the mean over "
        f"rise ({SHARES['rise']}), distance ({SHARES['distance']}) and flight ({SHARES['flight']}), each by the clip's on this "
        "robot, at most 1, those left out that the clip does not have; a motion counts 0 if the agent has fallen by its end; "
        "interval: 95 % of the mean over agents. While training, per step: of the height, the speed ahead and the feet off "
        "the ground that are asked for at this phase of the flight, so that the mean over a period is at most 1; a moment at which "
        "more agents fly, as H_mts takes one, may have more"
    )
    success_words = SuccessWords(
        "how much of the motion's rise, distance and flight is reached", "0 to 1", "larger is better"
    )
    description = (
        "to make the robot do the one motion of the video, such as a jump, by the clock, land on its feet and stand until the "
        "next one"
    )
    one_command = True

    @staticmethod
    def commands_in_words(settings: Task, speed: float) -> str:
        """Say what "commands ask for"; speed: the motion's distance by its period, m/s."""
        return "nothing more; the motion is given by its phase"

    def __init__(self, robot: Robot, settings: Task, speed: float) -> None:
        """Prepare for a robot; `speed` is the motion's distance by its period, m/s."""
        self._fall_height = robot.fall_height
        self._command = torch.tensor([speed, 0.0, 0.0])
        axes, joints = [*"xyz"], robot.joints
        parts = [
            Entries("trunk_height_error", ["up"], 5.0, read=height_error, mirrored=(1.0,)),
            Entries("wanted_velocity", ["forward", "up"], mirrored=(1.0, 1.0)),
            Entries("wanted_flight", ["part"], read=lambda s: s["wanted_flight"][:, None], mirrored=(1.0,)),
            Entries("wanted_lean", ["sine"], read=lambda s: s["wanted_lean"][:, None], mirrored=(1.0,)),
            Entries("base_lin_vel", axes, mirrored=VECTOR),
            Entries("base_ang_vel", axes, 0.25, mirrored=ROTATION),
            Entries("projected_gravity", axes, mirrored=VECTOR),
            Entries("course", axes, mirrored=VECTOR),
            Entries("joint_pos_offset", joints, read=joint_offset, mirrored="joints"),
            Entries("joint_vel", joints, 0.05, mirrored="joints"),
            Entries("actions", joints, mirrored="joints"),
            Entries("foot_contacts", robot.feet, mirrored="feet"),
        ]
        if settings.observe_clock:  # both sides move alike, so the mirror image keeps the clock
            parts.append(clock(mirrored=(1.0, 1.0)))
        self.observation = Observation(parts, CLIP)
        self.observation_names = self.observation.names
        self.observation_scales = self.observation.scales

    def sample_commands(self, count: int, generator: torch.Generator) -> Tensor:
        """Return the motion's mean speed ahead, (count, 3) m/s, m/s, rad/s; nothing is drawn."""
        return self._command.repeat(count, 1)

    def observe(self, signals: Mapping[str, Any]) -> Tensor:
        """Return the scaled observation, clipped to -10..10."""
        return self.observation.read(signals)

    def terminated(self, signals: Mapping[str, Any]) -> Tensor:
        """An agent has fallen when a part that must not touches the ground, or its base is too low (robot.yaml)."""
        fallen: Tensor = signals["forbidden_contact"]
        return fallen if self._fall_height is None else fallen | (signals["base_height"] < self._fall_height)

    def success(self, signals: Mapping[str, Any]) -> Tensor:
        """While the motion flies: how much of its height and speed ahead are reached, and whether all feet are off.

        Scaled so that the mean over a period is 0 to 1. A motion that never flies: 1 where the trunk is as high as asked.
        """
        asked = signals["wanted_height"] - signals["standing_height"]
        if not signals["flight_share"]:
            return 1 - (signals["trunk_height"] - signals["wanted_height"]).abs().clamp(max=0.1) / 0.1
        height = _share(signals["trunk_height"] - signals["standing_height"], asked)
        ahead = _share(signals["trunk_velocity"][:, 0], signals["wanted_velocity"][:, 0])
        off = (signals["foot_heights"].amin(1) > 0.01).float()
        return signals["wanted_flight"] * (height + ahead + off) / (3 * signals["flight_share"])

    @staticmethod
    def rollout_success(rollout: Rollout, reference: Reference) -> np.ndarray:
        """Return (A,) how much of its motions each agent reached, 0 to 1: `success_definition`."""
        return find_jumps(rollout, reference).success


def height_error(signals: Mapping[str, Any]) -> Tensor:
    """Return (N, 1) how much higher the trunk's middle is than asked for, m."""
    return (signals["trunk_height"] - signals["wanted_height"])[:, None]


def _share(reached: Tensor, asked: Tensor) -> Tensor:
    """Return (N,) 0 to 1, 1 where nothing much is asked for."""
    share = (reached / asked.clamp(min=LEAST_M)).clamp(0.0, 1.0)
    return torch.where(asked < LEAST_M, torch.ones_like(share), share)
