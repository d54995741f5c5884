"""How candidates are tried and policies evaluated."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator

from video2reward.errors import choices
from video2reward.registry import OTHER_PHYSICS, SIMULATORS
from video2reward.settings.base import Settings
from video2reward.settings.paths import UserPath


class Evaluation(Settings):
    """How policies are evaluated."""

    agents: int = Field(64, ge=1, description="agents per rollout")
    seconds: float = Field(20.0, gt=0, description="length of the final rollout")
    short_seconds: float = Field(8.0, gt=0, description="length of the rollouts that evaluate candidates")
    film_seconds: float = Field(6.0, gt=0, description="length of the rendered video")
    physics: tuple[str, ...] = Field(
        (),
        description="other physics in which each loop's best policy is judged too, without training in them: all, or a list of "
        "names; docs/other-physics.md has them",
    )
    server: UserPath | None = Field(
        None, description="physics: [server]: the script that serves that simulator; docs/your-simulator.md"
    )
    server_python: str | None = Field(
        None, description="physics: [server]: the Python that runs it; by default the workflow's own"
    )

    @field_validator("physics", mode="before")
    @classmethod
    def _all(cls, value: Any) -> Any:
        if value == "all":
            return tuple(OTHER_PHYSICS.targets)
        if isinstance(value, str):
            raise ValueError(f"{value!r} is no list; write [{value}], several names, [] for none, or all")
        return value

    @field_validator("physics")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        known = {*OTHER_PHYSICS.targets, *SIMULATORS.targets}
        for name in value:
            if name not in known:
                raise ValueError(f"{choices(name, known, 'physics')} Or all for those of the catalogue.")
        return tuple(dict.fromkeys(value))


class TrialLimits(Settings):
    """Limits on the trial of a candidate's reward."""

    seconds: float = Field(30.0, gt=0)
    memory_mb: int = Field(4096, ge=256, description="address space beyond the interpreter's own")
