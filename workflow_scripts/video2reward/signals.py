"""The signal catalogue: everything a reward function may ask for, each listed once.

The simulator fills these, the prompt prints them and the checker resolves argument names against them.
Shapes use N agents, D joints, F feet, J keypoints of the video's skeleton that the robot has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Signal:
    """One input of a reward function.

    group: "state", which is always shown, a group that a method may hide, or the only task that has the signal
    """

    name: str
    shape: tuple[str, ...]
    unit: str
    frame: str
    meaning: str
    group: str = "state"

    @property
    def annotation(self) -> str:
        """The argument's TorchScript type."""
        return "torch.Tensor" if self.shape else "float"


_BASE = "base: x forward, y left, z up"
_SIDE = "level side view along the base's heading: x forward, y up, origin midway between the trunk's ends"

CATALOGUE: tuple[Signal, ...] = (
    Signal("base_lin_vel", ("N", "3"), "m/s", _BASE, "linear velocity of the base"),
    Signal("base_ang_vel", ("N", "3"), "rad/s", _BASE, "angular velocity of the base"),
    Signal("projected_gravity", ("N", "3"), "1", _BASE, "unit gravity vector, (0, 0, -1) when upright; x is the sine of the trunk's lean forward (nose down)"),
    Signal("base_height", ("N",), "m", "world", "height of the base above the ground"),
    Signal("commands", ("N", "3"), "m/s, m/s, rad/s", _BASE, "commanded vx, vy and yaw rate"),
    Signal("joint_pos", ("N", "D"), "rad", "joint", "joint angles"),
    Signal("default_joint_pos", ("D",), "rad", "joint", "joint angles of the default stance"),
    Signal("joint_vel", ("N", "D"), "rad/s", "joint", "joint velocities"),
    Signal("torques", ("N", "D"), "N m", "joint", "applied joint torques"),
    Signal("actions", ("N", "D"), "1", "joint", "the policy's actions, clipped to -1..1"),
    Signal("last_actions", ("N", "D"), "1", "joint", "the actions one step before"),
    Signal("foot_contacts", ("N", "F"), "0 or 1", "", "1 where a foot touches the ground"),
    Signal("foot_heights", ("N", "F"), "m", "world", "height of each foot's sole above the ground"),
    Signal("collisions", ("N",), "1", "", "number of limb segments, feet aside, touching the ground"),
    Signal("keypoints", ("N", "J", "2"), "body lengths", _SIDE, "the robot's keypoints, as in the video's table", "keypoints"),
    Signal("keypoint_velocities", ("N", "J", "2"), "body lengths/s", _SIDE, "time derivative of keypoints", "keypoints"),
    Signal("phase_sin", ("N",), "1", "", "sin(2 pi t / T), T the stride period", "clock"),
    Signal("phase_cos", ("N",), "1", "", "cos(2 pi t / T)", "clock"),
    Signal("reference_keypoints", ("N", "J", "2"), "body lengths", _SIDE, "the reachable reference cycle at the present phase, its stride scaled with the commanded speed", "reference"),
    Signal("reference_velocities", ("N", "J", "2"), "body lengths/s", _SIDE, "time derivative of reference_keypoints", "reference"),
    Signal("course", ("N", "3"), "1", _BASE, "unit vector along the course: level, the heading at the episode's start", "run"),
    Signal("joint_limits", ("2", "D"), "rad", "joint", "lower and upper limits; +-2 pi where there are none", "run"),
    Signal("torque_limits", ("D",), "N m", "joint", "largest torques of the drives", "run"),
    Signal("target_speed", (), "m/s", _BASE, "the clip's speed, Froude-scaled to the robot"),
    Signal("stride_period", (), "s", "", "the clip's stride period T, Froude-scaled to the robot"),
    Signal("body_length", (), "m", "", "the robot's trunk length, the unit of keypoints"),
    Signal("dt", (), "s", "", "control step"),
)  # fmt: skip

SIGNALS = {signal.name: signal for signal in CATALOGUE}
GROUPS = tuple(dict.fromkeys(signal.group for signal in CATALOGUE))


def visible_signals(groups: Iterable[str]) -> tuple[Signal, ...]:
    """Return the catalogue's signals of the given groups (a method's and the task's name), "state" among them."""
    shown = {"state", *groups}
    return tuple(signal for signal in CATALOGUE if signal.group in shown)
