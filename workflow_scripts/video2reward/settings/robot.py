"""What a robot.yaml holds."""

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
    lengths_m: tuple[float, float] = Field(description="hip-knee, knee-foot in the sagittal plane, m")


class KeypointTable(Settings):
    """A skeleton's joints on this robot: joint -> site, and which of them are judged."""

    sites: dict[str, str | tuple[str, ...]] = Field(description="joint -> MJCF site, or sites to average")
    scored: tuple[str, ...]
    limbs: tuple[RobotLimb, ...]


class TorqueSettings(Settings):
    """What holds for a robot where actions are torques: no drives, episodes start about zero angles."""

    springs: dict[str, float] = Field(
        {},
        description="joint (regular expression) -> N m/rad of a passive spring about zero; others have none",
    )
    spawn_height: float = Field(gt=0, description="base height at reset, m")
    reset_spread: float = Field(ge=0, description="joints start at zero ± this, rad, within their limits")
    force_sensors: tuple[str, ...] = Field(
        (), description="bodies whose force and torque from their parents are observed"
    )


class Robot(Settings):
    """A robot (resources/robots/<name>/robot.yaml)."""

    name: str
    description: str
    mjcf: str
    source: str
    task_description: str
    base: str = Field(description="base body")
    joints: tuple[str, ...] = Field(description="actuated joints, in the order of actions")
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
    feet: tuple[str, ...] = Field(description="foot geoms, one a limb")
    terminate_on_contact: tuple[str, ...] = Field(description="bodies that must not touch the ground")
    fall_height: float | None = Field(
        None, gt=0, description="run task: a base below it has fallen, m; none: by contact alone"
    )
    collision_bodies: tuple[str, ...] = Field((), description="bodies whose ground contacts are counted")
    skeletons: dict[str, KeypointTable]
