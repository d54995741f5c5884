"""What trainings share after each epoch: the check for divergence, the curves for TensorBoard, time and progress."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from video2reward.policy.failure import CandidateFailedError

PROGRESS_S = 5.0
"""Seconds between progress lines."""


class Clock:
    """Wall time of a training over all its parts; seconds: in all, here: of this part."""

    def __init__(self, before: float = 0.0) -> None:
        """Go on from the seconds of earlier parts."""
        self._before, self._start = before, time.monotonic()

    @property
    def here(self) -> float:
        """Seconds of this part."""
        return time.monotonic() - self._start

    @property
    def seconds(self) -> float:
        """Seconds in all."""
        return self._before + self.here


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


def progress_line(label: str, step: int, steps: int, rate: float, parallel: str = "") -> str:
    """Return the share that is done, steps, their rate per second and the time left; parallel: before the rate."""
    step = min(step, steps)
    left = (steps - step) / max(rate, 1e-9)
    return (
        f"{label}: {100 * step / steps:3.0f} %  step {step / 1e6:.2f}M of {steps / 1e6:.2f}M  "
        f"{parallel}{rate / 1000:.1f}k steps/s  {left:.0f} s left"
    )
