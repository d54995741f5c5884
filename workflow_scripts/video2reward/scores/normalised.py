"""The human-normalised score."""

from __future__ import annotations


def human_normalised(score: float, human: float, sparse: float) -> float:
    """Return (score - sparse) / |human - sparse|: 0 for the sparse reward, 1 for the human-written one.

    Ma et al. 2024 (Eureka), and equation 5 of the Video2Reward paper. All three are successes on the same task,
    with the same training budget and evaluation commands; NaN if human and sparse are equal.
    """
    span = abs(human - sparse)
    return (score - sparse) / span if span > 0 else float("nan")
