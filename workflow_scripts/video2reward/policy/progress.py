"""What trainings share after each epoch: the check for divergence, and the curves for TensorBoard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from video2reward.policy.failure import CandidateFailedError


def check_finite(step: int, losses: Mapping[str, float], weights: bool) -> None:
    """Raise a `CandidateFailedError` if a loss, by its name, or a weight is NaN or infinite after a step."""
    bad = [name for name, value in losses.items() if not abs(value) < float("inf")]
    if bad or not weights:
        fault = ", ".join(bad) or "the network's weights"
        raise CandidateFailedError(f"the training diverged: {fault} NaN or infinite after step {step}")


def log_row(writer: Any, row: Mapping[str, float]) -> None:
    """Write an epoch's figures as TensorBoard events."""
    for name, value in row.items():
        if name not in ("step", "epoch"):
            writer.add_scalar(name if "/" in name else f"training/{name}", value, int(row["step"]))
