"""The environment's task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from pydantic import Field, model_serializer

from video2reward.settings.base import Settings


class Task(Settings):
    """The environment's task."""

    STARTS: ClassVar[tuple[str, ...]] = ("start_speed", "reference_starts")
    LATER: ClassVar[tuple[str, ...]] = ("command_vx_unit", "control_dt", "actions", "observation", *STARTS)

    name: str = Field("velocity", description="a registered task")
    episode_s: float = Field(10.0, gt=0)
    command_vx: tuple[float, float] = Field((0.0, 1.3), description="range, in units of command_vx_unit")
    command_vx_unit: Literal["clip", "m/s"] = Field(
        "clip", description="clip: multiples of v*, the clip's speed on the robot; or m/s"
    )
    command_vy: tuple[float, float] = Field((-0.1, 0.1), description="range, m/s")
    command_yaw: tuple[float, float] = Field((-0.2, 0.2), description="range, rad/s")
    observe_clock: bool = Field(True, description="the phase clock is part of the observation")
    control_dt: float = Field(0.02, gt=0, le=0.1, description="control step, s")
    substeps: int = Field(2, ge=1, description="physics steps per control step")
    actions: Literal["position", "residual", "torque"] = Field(
        "position",
        description="position: joint targets of PD drives, about the default pose; residual: the same about the clip's "
        "motion; torque: torques as fractions of the joints' limits (needs "
        "robot.yaml's torque_control)",
    )
    observation: Literal["own", "published"] = Field(
        "own", description="published: every entry as in Isaac Gym's task, quirks included"
    )
    start_speed: float = Field(
        0.0,
        ge=0,
        description="training without a clip (the base policy) starts episodes at forward speeds from 0 to this, in units of v*",
    )
    reference_starts: float = Field(
        0.0,
        ge=0,
        le=1,
        description="fraction of the training episodes that start mid-stride in the clip's gait; all other episodes start at rest",
    )

    @model_serializer(mode="wrap")
    def _brief(self, full: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """Leave out later keys at their defaults, so that results made before they existed stay valid."""
        fields = type(self).model_fields
        return {k: v for k, v in full(self).items() if k not in self.LATER or v != fields[k].default}
