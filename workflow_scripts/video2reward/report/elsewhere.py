"""How the best policy fares in other physics than it was trained in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class PhysicsRow(NamedTuple):
    """A policy's figures in one physics; None where missing, with the reason why.

    gait: gait distance, body lengths; falls: part of the agents; speed: by the clip's; success: by the task's measure
    """

    words: str
    gait: float | None
    falls: float | None
    speed: float | None
    success: float | None
    reason: str = ""


def physics_rows(evaluation: Mapping[str, Any], elsewhere: Mapping[str, Any]) -> list[PhysicsRow]:
    """Return the training's physics first, then the others; [] if none was asked for.

    evaluation, elsewhere: content of evaluation.json and physics.json, {} if missing
    """
    judged = elsewhere.get("physics", {})
    if not judged:
        return []
    others = [_row(one["words"], one, one["reason"]) for one in judged.values()]
    return [_row("as trained", evaluation, ""), *others]


def _row(words: str, judged: Mapping[str, Any], reason: str) -> PhysicsRow:
    found = judged.get("deterministic") or {}
    return PhysicsRow(
        words,
        (found.get("gait") or {}).get("distance"),
        found.get("falls"),
        found.get("speed_ratio"),
        (found.get("success") or {}).get("mean"),
        reason,
    )
