"""How promising a node of a tree is, by its winner."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from video2reward.artifacts.selection import Selection
from video2reward.policy.ties import low
from video2reward.settings.method import Method


def node_score(selection: Selection, standing: float | None, method: Method) -> float:
    """Return the score of a node's winner, 0 (as bad as standing still, or none) to 1 (the clip's motion).

    That is 1 - judged distance / standing, times the part that did not fall, and times limit / velocity error if the error
    is beyond the method's limit: as in the selection, who falls or is too slow counts for less, however close its gait.

    standing: gait distance of a robot that stands still, body lengths; None if nothing was judged yet
    """
    winner = next((one for one in selection.candidates if one.k == selection.winner), None)
    distance = winner.distance if winner is not None else None
    if winner is None or distance is None or not standing:
        return 0.0
    near = min(1.0, max(0.0, 1 - distance / standing))
    up = 1 - min(1.0, low(winner.falls))
    error = low(winner.velocity_error_ratio) if winner.kind == "cyclic" else 0.0
    score = near * up * min(1.0, method.max_velocity_error / error if error else 1.0)
    return score if math.isfinite(score) else 0.0


def standing_distance(feedbacks: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the gait distance of a standing robot, body lengths, from feedback.json of several nodes; None if none has it."""
    found = ((feedback.get("gait") or {}).get("standing") for feedback in feedbacks)
    return next((float(value) for value in found if value), None)
