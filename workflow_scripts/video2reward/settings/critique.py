"""The pictures by which the robot's motion is judged."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from video2reward.settings.base import Settings


class CritiqueSettings(Settings):
    """Pictures of video and robot side by side at equal phases of the stride, for methods with a critique."""

    pictures: Literal["pairs", "grid", "film"] = Field(
        "pairs",
        description="pairs: a picture each; grid: all in one picture; film: one after another in a film, where the server "
        "takes films (takes_films)",
    )
    count: int = Field(8, ge=1, le=32, description="pairs, evenly spaced over a stride")
