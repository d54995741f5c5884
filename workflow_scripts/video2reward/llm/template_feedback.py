"""How feedback shifts the template's weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from video2reward.llm.template_plan import RewardPlan
from video2reward.similarity.posture import NEAR_ENOUGH

# Part of the video's rise, distance or flight above which it is reached.
_REACHED = 0.9


@dataclass(frozen=True)
class Judgement:
    """The figures of feedback.json that the template uses; None if absent.

    joints: keypoint -> distance from the video (gait or paper, compared with each other); falls: fraction; velocity_error: m/s
    period_ratio, amplitude_ratio: the robot's over the video's
    posture: part -> error, degrees or leg lengths, for parts beyond their tolerance (similarity/posture.py)
    jump: rise, distance, flight -> the robot's by the video's, of a single motion
    """

    joints: dict[str, float]
    falls: float | None = None
    velocity_error: float | None = None
    period_ratio: float | None = None
    amplitude_ratio: float | None = None
    posture: dict[str, float] = field(default_factory=dict)
    jump: dict[str, float] = field(default_factory=dict)


def read_judgement(feedback: Mapping[str, Any]) -> Judgement:
    """Read the parts of feedback.json that the method passes on."""
    parts = feedback.get("parts", ())
    figures = feedback.get("figures") or {}
    gait = (feedback.get("gait") or {}) if "gait" in parts else {}
    paper = (feedback.get("paper") or {}) if "similarity" in parts else {}
    task = figures if "success" in parts else {}
    posture = (feedback.get("posture") or {}) if "posture" in parts else {}
    joints = gait.get("joints") or paper.get("joints") or {}
    return Judgement(
        joints={name: float(d) for name, d in joints.items() if d is not None},
        falls=task.get("falls"),
        velocity_error=task.get("velocity_error"),
        period_ratio=gait.get("period_ratio"),
        amplitude_ratio=figures.get("amplitude_ratio") if gait else None,
        posture={
            part: posture["errors"][part]
            for part, off in posture.get("charges", {}).items()
            if off and off > NEAR_ENOUGH
        },
        jump={
            name.removeprefix("jump_"): float(value)
            for name, value in task.items()
            if name.startswith("jump_") and value is not None
        },
    )


def shifted(plan: RewardPlan, j: Judgement) -> RewardPlan:
    """Return the plan with its weights shifted towards what the feedback criticises."""
    if plan.single:
        return _joint_shift(_jump_shifts(plan, j), j.joints)
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
    if "lean" in j.posture:
        plan = plan.scaled(
            {"upright": 1.8, "t_upright": 0.7},
            f"the trunk's lean is off by {j.posture['lean']:.0f} degrees: more weight on it, a sharper kernel",
        )
    if {"legs", "knees", "hip_height"} & j.posture.keys():
        listed = ", ".join(f"{part} {off:.2g}" for part, off in sorted(j.posture.items()) if part != "lean")
        plan = plan.scaled(
            {"position": 1.2}, f"legs are held differently ({listed} off): more weight on keypoints"
        )
    if j.period_ratio is not None and abs(j.period_ratio - 1) > 0.1:
        plan = plan.scaled(
            {"rate": 1.4}, f"period {j.period_ratio:.2f} of the video's: more weight on keypoint velocities"
        )
    return _joint_shift(plan, j.joints)


def _jump_shifts(plan: RewardPlan, j: Judgement) -> RewardPlan:
    """Shift a single motion's weights towards the part of the jump that is missing."""
    if j.falls is not None and j.falls > 0.05:
        plan = plan.scaled(
            {"upright": 1.6, "position": 1.2},
            f"{j.falls:.0%} of the agents fell: more weight on an upright trunk and the legs",
        )
    factors: dict[str, dict[str, float]] = {
        "rise": {"height": 1.3, "up": 1.3},
        "distance": {"forward": 1.4},
        "flight": {"flight": 1.4, "up": 1.2},
    }
    for part, value in j.jump.items():
        if value < _REACHED:
            plan = plan.scaled(factors[part], f"{part} {value:.2f} of the video's: more weight on it")
    return plan


def _joint_shift(plan: RewardPlan, distances: Mapping[str, float]) -> RewardPlan:
    """Weight joints by their distance (square root of distance over mean, within 0.5..2)."""
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
    reason = (
        f"joints by their distance from the video, {worst} most ({distances[worst]:.3f}, mean {mean:.3f})"
    )
    joints = {name: round(weight / level, 3) for name, weight in weights.items()}
    return replace(plan, joints=joints, reasons=(*plan.reasons, reason))
