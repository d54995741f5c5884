"""The human-normalised score."""

from __future__ import annotations


def human_normalised(score: float, human: float, sparse: float) -> float:
    """Return (score - sparse) / |human - sparse|: 0 as good as the sparse reward, 1 as the human's.

    Ma et al. 2024 (Eureka), and equation 5 of the Video2Reward paper. All three are successes of the same task,
    trained with the same budget and judged on the same commands; NaN where human and sparse are equal.
    """
    span = abs(human - sparse)
    return (score - sparse) / span if span > 0 else float("nan")
