"""The environment's task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from pydantic import Field, model_serializer

from video2reward.settings.base import Settings

ON_TERRAIN = ("mujoco",)
"""Simulators whose contacts with a height field are tried; MuJoCo Warp's let robots fall more often."""


class Task(Settings):
    """The environment's task."""

    STARTS: ClassVar[tuple[str, ...]] = ("start_speed", "reference_starts")
    TRAINED: ClassVar[tuple[str, ...]] = (*STARTS, "robustness")
    """What training episodes alone have; who judges reads all else."""
    LATER: ClassVar[tuple[str, ...]] = (
        "command_vx_unit", "control_dt", "actions", "observation", "history", "terrain", "terrain_graded", *TRAINED,
    )  # fmt: skip

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
    observation: Literal["own", "published", "deployable"] = Field(
        "own",
        description="published: every entry as in Isaac Gym's task, quirks included; deployable: what a robot's own sensors "
        "tell, over the last control steps, while the critic sees all (docs/robustness.md)",
    )
    history: int = Field(
        5, ge=1, le=50, description="control steps that observation: deployable shows, this one included"
    )
    robustness: Literal["off", "light", "full"] = Field(
        "off",
        description="what each training episode draws anew of friction, masses, drives, delays, noise and pushes "
        "(docs/robustness.md); judging is on the robot as it is",
    )
    terrain: Literal["flat", "rough", "slopes", "stairs"] = Field(
        "flat",
        description="the ground of training; every policy's gait is judged on flat ground (docs/terrain.md has the sizes)",
    )
    terrain_graded: bool = Field(
        True,
        description="terrain grows from level ground in the middle to its full size 6 m to either side, so that all sizes are "
        "trained on at once; other physics judges at full size",
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

    @property
    def ground(self) -> tuple[str, bool]:
        """The ground of training: its terrain, and whether that is graded."""
        return self.terrain, self.terrain_graded

    def on_flat_ground(self) -> Task:
        """Return the same task on flat ground."""
        return self.model_copy(update={"terrain": "flat"})

    @model_serializer(mode="wrap")
    def _brief(self, full: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """Leave out later keys at their defaults, so that results made before they existed stay valid."""
        fields = type(self).model_fields
        said = {k: v for k, v in full(self).items() if k not in self.LATER or v != fields[k].default}
        if self.observation != "deployable":  # nothing else has one
            said.pop("history", None)
        if self.terrain == "flat":
            said.pop("terrain_graded", None)
        return said
