"""Which commands a policy was trained with, for those who steer it."""

from __future__ import annotations

import torch

from video2reward.sim.tasks.base import TaskLogic

_DRAWS = 1000  # commands of a task that does not say their range


def command_ranges(logic: TaskLogic, speed: float) -> tuple[list[float], list[float], list[float]]:
    """Return the lowest and the highest command, vx, vy m/s and yaw rate rad/s, and the one to start with.

    speed: the clip's on the robot, m/s: the start, kept to the range
    """
    drawn = logic.sample_commands(_DRAWS, torch.Generator().manual_seed(0))
    ranges = getattr(
        logic, "command_ranges", list(zip(drawn.amin(0).tolist(), drawn.amax(0).tolist(), strict=True))
    )
    low, high = ([float(ends[i]) for ends in ranges] for i in (0, 1))
    wanted = (speed, 0.0, 0.0)
    return low, high, [min(max(value, a), b) for value, a, b in zip(wanted, low, high, strict=True)]
