"""What each block of an observation is on a robot: its unit, its meaning, and what a real robot must have to know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from video2reward.sim.tasks.observation import Entries, Observation


@dataclass(frozen=True)
class Observed:
    """A block in words.

    needs: what a robot with joint encoders and an inertial unit lacks for it, or nothing
    measured: whether it comes from sensors, which are late and noisy; else the controller knows it by itself
    """

    unit: str
    meaning: str
    needs: str = ""
    measured: bool = True


_HEIGHT = "height above the ground: no sensor measures it; a state estimator gives it, from legs that stand"
_WAY = "heading: yaw from the start of the run; a gyroscope alone drifts"
BLOCKS = {
    "base_lin_vel": Observed(
        "m/s",
        "linear velocity of the base, in its frame",
        "base velocity: no sensor measures it; a state estimator gives it, from legs and inertial unit",
    ),
    "base_ang_vel": Observed("rad/s", "angular velocity of the base, in its frame: the gyroscope's"),
    "projected_gravity": Observed("1", "unit vector of gravity in the base's frame, (0, 0, -1) when upright"),
    "turned_gravity": Observed("1", "minus the base's z axis in the world's frame, as published"),
    "commands": Observed(
        "m/s, m/s, rad/s", "commanded forward and sideways velocity and yaw rate", measured=False
    ),
    "joint_pos_offset": Observed("rad", "joint angles minus default_pose"),
    "joint_pos_scaled": Observed("1", "joint angles, -1 and 1 at the joints' limits"),
    "joint_vel": Observed("rad/s", "joint velocities"),
    "actions": Observed("1", "the policy's last actions, clipped; zeros at the start", measured=False),
    "phase": Observed("1", "sine and cosine of 2 pi times the clock's phase", measured=False),
    "base_height": Observed("m", "height of the base above the ground", _HEIGHT),
    "course": Observed("1", "the direction of the start's heading, in the base's frame", _WAY),
    "torso": Observed(
        "rad, rad, rad, 1, 1",
        "yaw, roll, angle to a point 1000 m ahead, how far up and to that point the torso points",
        f"{_WAY}; position along the course",
    ),
    "foot_contacts": Observed(
        "0 or 1",
        "1 where a foot is on the ground",
        "foot contacts: switches or force sensors in the feet, or an estimate from the joints' torques",
    ),
    "joint_forces": Observed(
        "N m",
        "torque of drive, spring and damper",
        "joint torques: measured, or estimated from the motors' currents",
    ),
    "force_sensors": Observed(
        "N, N m",
        "force and torque between each listed body and its parent, in the body's frame",
        "force and torque sensors of six axes in the feet",
    ),
    "trunk_height_error": Observed(
        "m", "height of the trunk's middle minus what the motion asks for", _HEIGHT
    ),
    "wanted_velocity": Observed("m/s", "what the motion asks for: forward and up", measured=False),
    "wanted_flight": Observed("0 or 1", "1 while the motion has all feet off the ground", measured=False),
    "wanted_lean": Observed("1", "sine of the lean forward that the motion asks for", measured=False),
}
_OTHER = Observed("", "a task's own: its module says what", "whatever the task's own module reads")


def deployable(observation: Observation) -> Observation:
    """Return the blocks that a robot with joint encoders and an inertial unit knows; unknown blocks it does not."""
    known = [part for part in observation.parts if part.name in BLOCKS and not BLOCKS[part.name].needs]
    return Observation(known, observation.clip)


def block_of(part: Entries) -> dict[str, Any]:
    """Return a block of the observation as plain values, its scale for each entry."""
    words, count = BLOCKS.get(part.name, _OTHER), len(part.entries)
    scale = [part.scale] * count if isinstance(part.scale, int | float) else part.scale
    return {
        "name": part.name,
        "entries": list(part.entries),
        "scale": [float(factor) for factor in scale],
        "unit": words.unit,
        "meaning": words.meaning,
        "needs": words.needs,
    }
