"""The template writer's decisions: weights and temperatures, a profile per candidate, shifts by feedback."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

WRITER = "video2reward-template"

# Weights of the terms and temperatures of their kernels: exp(-squared error / temperature).
# linear, yaw: velocity tracking, 0.25 as in the published Anymal reward, (m/s)^2, (rad/s)^2
# position: keypoints, body lengths^2; rate: keypoint velocities, (body lengths/s)^2: about half the error of
# a gait with the wrong rhythm, so that the kernel has a gradient from the first step on
# upright: gravity's sideways part; sway: roll and pitch rate and heave; smooth, torque: penalties
WEIGHTS = {
    "linear": 1.5, "yaw": 0.5, "position": 4.0, "rate": 2.0, "upright": 0.2, "sway": 0.1,
    "smooth": 0.01, "torque": 2.5e-5,
}  # fmt: skip
TEMPERATURES = {
    "linear": 0.25, "yaw": 0.25, "position": 0.05, "rate": 5.0, "upright": 0.05, "sway": 1.0,
}  # fmt: skip

# Rounds build on each other; no number moves further than this factor from its default.
LIMIT = 3.0

# Differences between the candidates of one round: factors on weights ("position") and temperatures ("t_position").
PROFILES: tuple[tuple[str, dict[str, float]], ...] = (
    ("keypoints and commanded velocity in balance", {}),
    ("sharper kernels, steadier trunk", {"t_position": 0.6, "t_rate": 0.8, "upright": 2.0, "sway": 2.0}),
    ("commanded velocity first", {"linear": 1.4, "yaw": 1.3, "position": 0.9}),
    ("wider kernels, more weight on keypoint velocities", {"rate": 1.5, "t_position": 1.6, "t_rate": 1.6}),
)


@dataclass(frozen=True)
class RewardPlan:
    """Everything that differs between two rewards of the template.

    weights, temperatures: of the terms; joints: keypoint -> relative weight, mean 1
    reasons: sentences that explain the choices
    """

    weights: dict[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    temperatures: dict[str, float] = field(default_factory=lambda: dict(TEMPERATURES))
    joints: dict[str, float] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()

    def scaled(self, factors: Mapping[str, float], reason: str = "") -> RewardPlan:
        """Return the plan with weights ("name") and temperatures ("t_name") multiplied, within limits."""
        weights, temperatures = dict(self.weights), dict(self.temperatures)
        for name, factor in factors.items():
            hot = name.startswith("t_")
            key, table = (name[2:], temperatures) if hot else (name, weights)
            usual = (TEMPERATURES if hot else WEIGHTS)[key]
            table[key] = float(f"{min(max(table[key] * factor, usual / LIMIT), usual * LIMIT):.4g}")
        reasons = (*self.reasons, reason) if reason else self.reasons
        return replace(self, weights=weights, temperatures=temperatures, reasons=reasons)


def first_plan(facts: Mapping[str, Any]) -> RewardPlan:
    """Return the initial plan: that of the best reward so far if the template wrote it, else the defaults."""
    joints = dict.fromkeys(facts.get("scored", ()), 1.0)
    plan = RewardPlan(joints=joints)
    if facts.get("one_command") and "target_speed" in facts:
        plan = _for_one_speed(plan, float(facts["target_speed"]))
    if previous := read_plan(facts.get("previous_reward", ""), facts.get("keypoints", ())):
        return replace(previous, joints=previous.joints or joints)
    return plan


def _for_one_speed(plan: RewardPlan, speed: float) -> RewardPlan:
    """Return the plan for one commanded speed (m/s) from rest: its kernel needs a gradient all the way up."""
    width = round(max(TEMPERATURES["linear"], (speed / 3) ** 2), 3)
    return replace(plan, temperatures=plan.temperatures | {"linear": width})


def read_plan(source: str, keypoints: tuple[str, ...]) -> RewardPlan | None:
    """Read a plan back from a reward of the template, None if the template did not write it."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    plan, found = RewardPlan(), 0
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        kind, _, name = node.targets[0].id.partition("_")
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, float):
            table = {"weight": plan.weights, "temperature": plan.temperatures}.get(kind, {})
            if name in table:
                table[name], found = node.value.value, found + 1
        elif node.targets[0].id == "joint_weights":
            plan.joints.update(_read_joints(node.value, keypoints))
    return plan if found >= 4 else None


def _read_joints(value: ast.expr, keypoints: tuple[str, ...]) -> dict[str, float]:
    lists = [node for node in ast.walk(value) if isinstance(node, ast.List)]
    written = [n.value for n in lists[0].elts if isinstance(n, ast.Constant)] if lists else []
    numbers = [n for n in written if isinstance(n, int | float)]
    if len(numbers) != len(keypoints):
        return {}
    kept = {name: w for name, w in zip(keypoints, numbers, strict=True) if w}
    mean = sum(kept.values()) / max(1, len(kept))
    return {name: w / mean for name, w in kept.items()}


def candidate_plan(plan: RewardPlan, seed: int, iteration: int, candidate: int) -> RewardPlan:
    """Return the plan of a candidate (from 1): a profile, or after the last one a deterministic variation."""
    words, factors = PROFILES[(candidate - 1) % len(PROFILES)]
    if candidate <= len(PROFILES):
        return plan.scaled(factors, f"candidate {candidate}: {words}")
    rng = np.random.default_rng([seed, iteration, candidate])
    names = ["linear", "position", "rate", "t_position", "t_rate"]
    varied = {name: factors.get(name, 1.0) * float(np.exp(rng.uniform(-0.4, 0.4))) for name in names}
    return plan.scaled(varied, f"candidate {candidate}: {words}, varied at random")
