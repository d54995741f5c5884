"""How feedback shifts the template's weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from video2reward.llm.template_plan import Plan


@dataclass(frozen=True)
class Judgement:
    """The figures of feedback.json that the template understands; None where there are none.

    joints: keypoint -> gait distance, body lengths; falls: fraction; velocity_error: m/s
    period_ratio, amplitude_ratio: the robot's over the video's
    """

    joints: dict[str, float]
    falls: float | None = None
    velocity_error: float | None = None
    period_ratio: float | None = None
    amplitude_ratio: float | None = None


def read_judgement(feedback: Mapping[str, Any]) -> Judgement:
    """Find the figures wherever they stand in the feedback."""
    joints = _find(feedback, ("joints", "per_joint"), Mapping) or {}
    return Judgement(
        joints={name: float(d) for name, d in joints.items() if isinstance(d, int | float)},
        falls=_number(feedback, "falls", "fall_fraction"),
        velocity_error=_number(feedback, "velocity_error"),
        period_ratio=_number(feedback, "period_ratio"),
        amplitude_ratio=_number(feedback, "amplitude_ratio"),
    )


def shifted(plan: Plan, j: Judgement) -> Plan:
    """Return the plan with its weights moved to where the feedback finds fault."""
    if j.falls is not None and j.falls > 0.05:
        plan = plan.scaled(
            {"upright": 1.6, "sway": 1.4, "position": 0.9},
            f"{j.falls:.0%} of the agents fell: more weight on an upright, quiet trunk",
        )
    if j.velocity_error is not None and j.velocity_error > 0.2:
        plan = plan.scaled(
            {"linear": 1.3},
            f"velocity error {j.velocity_error:.2f} m/s: more weight on the commanded velocity",
        )
    if j.amplitude_ratio is not None and j.amplitude_ratio < 0.85:
        plan = plan.scaled(
            {"position": 1.25, "rate": 1.25},
            f"strides of {j.amplitude_ratio:.2f} of the video's: more weight on keypoints and their velocities",
        )
    if j.period_ratio is not None and abs(j.period_ratio - 1) > 0.1:
        plan = plan.scaled(
            {"rate": 1.4}, f"period {j.period_ratio:.2f} of the video's: more weight on keypoint velocities"
        )
    return _joint_shift(plan, j.joints)


def _joint_shift(plan: Plan, distances: Mapping[str, float]) -> Plan:
    """Give joints weight by their distance (square root of distance over mean, within 0.5..2)."""
    known = [name for name in plan.joints if name in distances]
    if len(known) < 2:
        return plan
    mean = float(np.mean([distances[name] for name in known])) or 1.0
    weights = {
        name: weight * float(np.clip(np.sqrt(distances.get(name, mean) / mean), 0.5, 2.0))
        for name, weight in plan.joints.items()
    }
    level = float(np.mean(list(weights.values())))
    worst = max(known, key=lambda name: distances[name])
    reason = f"joints by their distance from the video, {worst} most ({distances[worst]:.3f} body lengths)"
    joints = {name: round(weight / level, 3) for name, weight in weights.items()}
    return replace(plan, joints=joints, reasons=(*plan.reasons, reason))


def _number(content: Mapping[str, Any], *names: str) -> float | None:
    found = _find(content, names, int | float)
    return None if found is None else float(found)


def _find(content: Any, names: tuple[str, ...], kind: Any) -> Any:
    """Return the first value of one of `names` and of `kind` in nested mappings, nearest the top first."""
    level = [content]
    while level:
        below = []
        for mapping in level:
            for name in names:
                if isinstance(mapping.get(name), kind):
                    return mapping[name]
            below += [value for value in mapping.values() if isinstance(value, Mapping)]
        level = below
    return None
