"""How actions drive the joints and how joints start: position targets, or raw torques with sensed forces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from torch import Tensor

from video2reward.robots.description import torque_control
from video2reward.settings.robot import Robot
from video2reward.sim.starts import fit_poses

if TYPE_CHECKING:
    from video2reward.sim.snapshot import Constants


class Control(Protocol):
    """One way to drive a robot.

    sensed: entries per agent: one per joint and six per force sensor, or none
    targets: whether controls are joint angles, which an encoder's wrong zero moves
    meaning: of actions, for the exported policy (`BatchedEnv.action_meaning`)
    words: completes "the policy's actions are ..." in the prompt
    """

    words: str
    sensed: int
    targets: bool
    meaning: dict[str, Any]

    def command(self, actions: Tensor, phase: Tensor, commands: Tensor) -> Tensor:
        """Return the drives' controls (N, D) for actions -1..1 (N, D), phases (N,) and commands (N, 3), float64."""

    def start(self, noise: Tensor) -> Tensor:
        """Return the initial joint angles (N, D), rad, for noise (N, D) uniform in -1..1."""


class PositionControl:
    """Actions offset the drives' position targets from the default pose, as in Isaac Gym's Anymal task."""

    words = "offsets of joint targets from the default stance"
    sensed = 0
    targets = True

    def __init__(self, robot: Robot, constants: Constants, limits: tuple[Tensor, Tensor]) -> None:
        """Prepare for a robot; `limits`: its joint limits, rad."""
        self._scale, self._spread = robot.action_scale, robot.reset_spread
        self._pose, self._limits = constants.default_joint_pos, limits
        self._default = self._pose.double()
        self.meaning: dict[str, Any] = {
            "action_scale": robot.action_scale,
            "default_pose": [float(robot.default_pose[joint]) for joint in robot.joints],
            "action": "joint target, rad = default_pose + action_scale * action, action clipped to -1..1",
            "units": {"action_scale": "rad", "default_pose": "rad", "dt": "s"},
        }

    def command(self, actions: Tensor, phase: Tensor, commands: Tensor) -> Tensor:
        """Return the drives' targets, rad."""
        return self._default + self._scale * actions

    def start(self, noise: Tensor) -> Tensor:
        """Return the default pose times 1 ± the robot's reset spread."""
        return (self._pose * (1 + self._spread * noise)).clamp(*self._limits)


class ResidualControl(PositionControl):
    """Actions offset the drives' position targets from the clip's motion at the phase clock, the stride as commanded."""

    words = "offsets of joint targets from the clip's motion, fitted to the robot"

    def __init__(self, robot: Robot, constants: Constants, limits: tuple[Tensor, Tensor]) -> None:
        """Fit the joints to the clip; without a clip they stand."""
        super().__init__(robot, constants, limits)
        poses = fit_poses(constants).joints
        self._mean = poses.mean(0)
        self._motion = poses - self._mean
        self._constants = constants
        self.meaning |= {
            "reference_pose": self._mean.tolist(),
            "reference_motion": self._motion.tolist(),
            "action": "joint target, rad = reference_pose + stride * reference_motion at the phase + action_scale * action, "
            "action clipped to -1..1, stride the commanded speed over target_speed, at most 1.3",
            "target_speed": constants.target_speed,
            "stride_period": constants.stride_period,
            "units": {
                **self.meaning["units"],
                "reference_pose": "rad",
                "reference_motion": "rad",
                "target_speed": "m/s",
                "stride_period": "s",
            },
        }

    def command(self, actions: Tensor, phase: Tensor, commands: Tensor) -> Tensor:
        """Return the drives' targets, rad."""
        motion = self._motion[(phase * len(self._motion)).long() % len(self._motion)]
        stride = self._constants.stride(commands)[:, None]
        return self._mean + stride * motion + self._scale * actions


class TorqueControl:
    """Actions are torques as fractions of the joints' limits, as in Isaac Gym's Humanoid task.

    It senses each joint's force (drive, spring and damper) and, for bodies that robot.yaml names, force and torque
    between the body and its parent, in the body's frame about its origin.
    """

    words = "joint torques, in units of the drives' largest"
    targets = False

    def __init__(self, robot: Robot, constants: Constants, limits: tuple[Tensor, Tensor]) -> None:
        """Prepare for a robot; `limits`: its joint limits, rad."""
        own = torque_control(robot)
        self._rest, self._spread, self._limits = constants.default_joint_pos, own.reset_spread, limits
        self._gears = constants.torque_limits.double()
        self.sensed = len(robot.joints) + 6 * len(own.force_sensors)
        self.meaning = {
            "action_scale": self._gears.tolist(),
            "action": "joint torque, N m = action_scale * action, action clipped to -1..1",
            "units": {"action_scale": "N m", "dt": "s"},
        }

    def command(self, actions: Tensor, phase: Tensor, commands: Tensor) -> Tensor:
        """Return the torques, N m."""
        return self._gears * actions

    def start(self, noise: Tensor) -> Tensor:
        """Return zero angles ± the robot's reset spread."""
        return (self._rest + self._spread * noise).clamp(*self._limits)


CONTROLS: dict[str, type[PositionControl] | type[TorqueControl]] = {
    "position": PositionControl,
    "residual": ResidualControl,
    "torque": TorqueControl,
}
"""Control class for each value of `task.actions`."""
