"""How sure a comparison of two gait distances is, given the noise between seeds of one reward."""

from __future__ import annotations

import math

from video2reward.artifacts.selection import SeedNoise


def difference_sd(noise: SeedNoise) -> float:
    """Return the standard deviation of the difference between two trainings of one reward, body lengths."""
    return math.sqrt(2) * noise.sd


def tied(noise: SeedNoise | None, a: float | None, b: float | None) -> bool:
    """Tell whether two gait distances are nearer to each other than two trainings of one reward usually are.

    False where the noise or a distance is unknown. At the limit, the order is right with about 84 %.
    """
    if noise is None or a is None or b is None:
        return False
    return abs(a - b) < difference_sd(noise)


def sureness(noise: SeedNoise, a: float, b: float) -> float:
    """Return the probability, 0.5 to 1, that the smaller distance would be the smaller one again with other seeds.

    By Student's t distribution with the noise's degrees of freedom, with no opinion beforehand on which is better.
    """
    from scipy.special import stdtr

    return float(stdtr(noise.freedom, abs(a - b) / difference_sd(noise)))
