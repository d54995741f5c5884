"""How a task describes its success: one sentence for the prompt, the feedback, the report and the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

H_MTS = (
    "maximum over the training's epochs of the success at a rollout's last step, mean over agents (Eureka)"
)
"""What the task score `h_mts` is, whatever the task counts as success."""


@dataclass(frozen=True)
class SuccessWords:
    """what: what is measured per step; unit: its unit; best: which value is best."""

    what: str
    unit: str
    best: str

    @property
    def sentence(self) -> str:
        """All three together: "speed along the course, m/s; larger is better"."""
        return f"{self.what}, {self.unit}; {self.best}"


def success_words(evaluation: Mapping[str, Any]) -> SuccessWords | None:
    """Return an evaluation's words for success; None if an earlier version wrote it."""
    words = evaluation.get("success_words")
    return SuccessWords(**words) if words else None
