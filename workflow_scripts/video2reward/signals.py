"""The signal catalogue: everything a reward function may ask for, each listed once.

The simulator fills these, the prompt prints them and the checker resolves argument names against them.
Shapes use N agents, D joints, F feet, J keypoints of the video's skeleton that the robot has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Signal:
    """One input of a reward function.

    group: "state", which is always shown, a group that a method may hide, the only task that has the signal, or "published",
    which only the published rewards know
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
_LEVEL = "level side view along the base's heading: x forward, y up"
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
    Signal("fall_height", (), "m", "world", "base_height below which an agent has fallen; 0 where contact alone decides", "published"),
    Signal("trunk_height", ("N",), "m", "world", "height of the trunk's middle, midway between its ends, above the ground", "single"),
    Signal("trunk_velocity", ("N", "2"), "m/s", _LEVEL, "velocity of the trunk's middle", "single"),
    Signal("standing_height", (), "m", "world", "trunk_height in the default stance", "single"),
    Signal("wanted_height", ("N",), "m", "world", "trunk_height that the motion asks for at the present phase: lower than standing_height in a crouch, higher in flight", "single"),
    Signal("wanted_velocity", ("N", "2"), "m/s", _LEVEL, "trunk_velocity that the motion asks for at the present phase", "single"),
    Signal("wanted_flight", ("N",), "0 or 1", "", "1 while the motion has all feet off the ground", "single"),
    Signal("wanted_lean", ("N",), "1", _BASE, "projected_gravity[:, 0] that the motion asks for at the present phase", "single"),
    Signal("target_speed", (), "m/s", _BASE, "the clip's speed, Froude-scaled to the robot"),
    Signal("stride_period", (), "s", "", "the clip's stride period T, Froude-scaled to the robot"),
    Signal("body_length", (), "m", "", "the robot's trunk length, the unit of keypoints"),
    Signal("dt", (), "s", "", "control step"),
)  # fmt: skip

# What is said otherwise where the motion is a single one, which has no stride.
_OF_ONE_MOTION = {
    "phase_sin": "sin(2 pi t / T), T the period of motion and rest",
    "reference_keypoints": "the reachable motion at the present phase",
    "target_speed": "the motion's distance by its period, Froude-scaled to the robot",
    "stride_period": "the period T of the motion and the rest after it, Froude-scaled to the robot",
    "commands": "target_speed ahead, the same at all times: no command to follow",
}

SIGNALS = {signal.name: signal for signal in CATALOGUE}
GROUPS = tuple(dict.fromkeys(signal.group for signal in CATALOGUE))


def visible_signals(groups: Iterable[str]) -> tuple[Signal, ...]:
    """Return the catalogue's signals of the given groups (a method's and the task's name), "state" among them."""
    shown = {"state", *groups}
    told = _OF_ONE_MOTION if "single" in shown else {}
    return tuple(
        replace(signal, meaning=told[signal.name]) if signal.name in told else signal
        for signal in CATALOGUE
        if signal.group in shown
    )
