"""The keys of robot.yaml."""

from __future__ import annotations

from pydantic import Field

from video2reward.settings.base import Settings
from video2reward.settings.motion import Reach


class RobotLimb(Settings):
    """One leg of a robot, in the keypoint names of the video's skeleton."""

    name: str
    hip: str
    knee: str
    foot: str
    lengths_m: tuple[float, float] | None = Field(
        None,
        description="hip-knee, knee-foot in the sagittal plane, m; none: the leg turns out of that plane and is fitted by the "
        "joints that move its foot",
    )


class KeypointTable(Settings):
    """A skeleton's joints on this robot: joint -> site, and which of them are scored."""

    sites: dict[str, str | tuple[str, ...]] = Field(description="joint -> MJCF site, or sites to average")
    scored: tuple[str, ...]
    limbs: tuple[RobotLimb, ...]


class TorqueSettings(Settings):
    """A robot under torque control: no position drives, and episodes start around zero joint angles."""

    springs: dict[str, float] = Field(
        {},
        description="joint (regular expression) -> stiffness of a passive spring about zero, N m/rad; none for the others",
    )
    spawn_height: float = Field(gt=0, description="base height at reset, m")
    reset_spread: float = Field(ge=0, description="joints start at zero ± this, rad, within their limits")
    force_sensors: tuple[str, ...] = Field(
        (), description="bodies whose force and torque from the parent body are observed"
    )


class Robot(Settings):
    """A robot (resources/robots/<name>/robot.yaml)."""

    name: str
    description: str
    mjcf: str
    source: str
    task_description: str
    base: str = Field(description="base body")
    joints: tuple[str, ...] = Field(description="actuated joints, in action order")
    default_pose: dict[str, float] = Field(description="joint -> rad")
    spawn_height: float = Field(gt=0, description="base height at reset, m")
    reset_spread: float = Field(
        0.5, ge=0, lt=1, description="joints start at 1 ± this times the default pose, within their limits"
    )
    leg_length_m: float = Field(gt=0, description="hip to foot in the default stance, m")
    reach: Reach = Reach()
    stiffness: dict[str, float] = Field(description="joint (regular expression) -> N m/rad")
    damping: dict[str, float] = Field(description="joint (regular expression) -> N m s/rad")
    action_scale: float = Field(0.5, gt=0, description="rad per unit action")
    torque_control: TorqueSettings | None = Field(None, description="for tasks whose actions are torques")
    feet: tuple[str, ...] = Field(description="foot geoms, one per limb")
    terminate_on_contact: tuple[str, ...] = Field(description="bodies that must not touch the ground")
    fall_height: float | None = Field(
        None,
        gt=0,
        description="run and single tasks: base height below which an agent has fallen, m; none: contact alone decides",
    )
    collision_bodies: tuple[str, ...] = Field((), description="bodies whose ground contacts are counted")
    skeletons: dict[str, KeypointTable]
