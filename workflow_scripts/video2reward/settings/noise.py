"""The noise between seeds of one reward, from the table resources/noise.yaml."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

from pydantic import Field

from video2reward.artifacts.selection import SeedNoise
from video2reward.settings.base import Settings
from video2reward.settings.validation import read_yaml, validate

# Farther than this factor from the nearest measured budget, nothing is known.
_FAR = 2.0


class _Row(Settings):
    """One robot at one budget."""

    robot: str
    steps: int = Field(ge=1)
    sd: float = Field(gt=0)
    freedom: int = Field(ge=1)


class _Table(Settings):
    """resources/noise.yaml."""

    source: str
    rows: tuple[_Row, ...]


def read_noise(path: Path, robot: str, steps: int) -> SeedNoise | None:
    """Return the noise of a robot's trained gait distances at a budget; None where it was not measured.

    steps: environment steps since the base policy; between budgets the noise is interpolated over their logarithm,
    up to twice the largest and down to half the smallest it is that of the nearest
    """
    table = validate(_Table, read_yaml(path), path)
    rows = sorted((row for row in table.rows if row.robot == robot), key=lambda row: row.steps)
    if not rows or steps < rows[0].steps / _FAR or steps > rows[-1].steps * _FAR:
        return None
    for low, high in pairwise(rows):
        if low.steps <= steps <= high.steps:
            part = math.log(steps / low.steps) / math.log(high.steps / low.steps)
            return SeedNoise(low.sd + part * (high.sd - low.sd), min(low.freedom, high.freedom))
    nearest = rows[0] if steps < rows[0].steps else rows[-1]
    return SeedNoise(nearest.sd, nearest.freedom)
