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

# Of a single motion. height: m^2; up, forward: (m/s)^2; flight: all feet off the ground in flight, on it else; straight: yaw rate
# and sideways speed, (rad/s)^2 and (m/s)^2; the rest as above. Kernels of the trunk's way are wide enough that a robot that
# stands has a slope towards the jump.
SINGLE_WEIGHTS = {
    "height": 3.0, "up": 1.5, "forward": 2.0, "flight": 2.0, "upright": 0.5, "straight": 0.5, "position": 1.0, "rate": 0.5,
    "smooth": 0.01, "torque": 2.5e-5,
}  # fmt: skip
SINGLE_TEMPERATURES = {
    "height": 0.02, "up": 0.5, "forward": 0.5, "upright": 0.05, "straight": 0.25, "position": 0.05, "rate": 5.0,
}  # fmt: skip

# Widths of the kernels of the speeds up and forward, parts of the squares of the motion's own.
_OF_SPEED_UP, _OF_SPEED, _GRAVITY = 0.2, 0.4, 9.81

# Rounds build on each other; no number moves further than this factor from its default.
LIMIT = 3.0

# Differences between the candidates of one round: factors on weights ("position") and temperatures ("t_position").
PROFILES: tuple[tuple[str, dict[str, float]], ...] = (
    ("keypoints and commanded velocity in balance", {}),
    ("sharper kernels, steadier trunk", {"t_position": 0.6, "t_rate": 0.8, "upright": 2.0, "sway": 2.0}),
    ("commanded velocity first", {"linear": 1.4, "yaw": 1.3, "position": 0.9}),
    ("wider kernels, more weight on keypoint velocities", {"rate": 1.5, "t_position": 1.6, "t_rate": 1.6}),
)
SINGLE_PROFILES: tuple[tuple[str, dict[str, float]], ...] = (
    ("the trunk's way and keypoints in balance", {}),
    ("the way forward first, with a wider kernel", {"forward": 1.5, "t_forward": 1.5, "position": 0.8}),
    ("height and flight first", {"height": 1.4, "up": 1.4, "flight": 1.4}),
    ("keypoints first, a steadier trunk", {"position": 1.6, "rate": 1.5, "upright": 1.5}),
)


@dataclass(frozen=True)
class RewardPlan:
    """Everything that differs between two rewards of the template.

    weights, temperatures: of the terms; joints: keypoint -> relative weight, mean 1
    reasons: sentences that explain the choices; single: the reward is of a single motion
    """

    weights: dict[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    temperatures: dict[str, float] = field(default_factory=lambda: dict(TEMPERATURES))
    joints: dict[str, float] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    single: bool = False

    @staticmethod
    def of_single(joints: dict[str, float]) -> RewardPlan:
        """Return the defaults of a single motion."""
        return RewardPlan(dict(SINGLE_WEIGHTS), dict(SINGLE_TEMPERATURES), joints, single=True)

    @property
    def usual(self) -> tuple[dict[str, float], dict[str, float]]:
        """The defaults of weights and temperatures."""
        return (SINGLE_WEIGHTS, SINGLE_TEMPERATURES) if self.single else (WEIGHTS, TEMPERATURES)

    def scaled(self, factors: Mapping[str, float], reason: str = "") -> RewardPlan:
        """Return the plan with weights ("name") and temperatures ("t_name") multiplied, within limits."""
        weights, temperatures = dict(self.weights), dict(self.temperatures)
        for name, factor in factors.items():
            hot = name.startswith("t_")
            key, table = (name[2:], temperatures) if hot else (name, weights)
            usual = self.usual[hot][key]
            table[key] = float(f"{min(max(table[key] * factor, usual / LIMIT), usual * LIMIT):.4g}")
        reasons = (*self.reasons, reason) if reason else self.reasons
        return replace(self, weights=weights, temperatures=temperatures, reasons=reasons)


def first_plan(facts: Mapping[str, Any]) -> RewardPlan:
    """Return the initial plan: that of the best reward so far if the template wrote it, else the defaults."""
    joints = dict.fromkeys(facts.get("scored", ()), 1.0)
    single = facts.get("task") == "single"
    plan = _for_one_motion(joints, facts) if single else RewardPlan(joints=joints)
    if not single and facts.get("one_command") and "target_speed" in facts:
        plan = _for_one_speed(plan, float(facts["target_speed"]))
    if previous := read_plan(facts.get("previous_reward", ""), facts.get("keypoints", ()), single):
        return replace(previous, joints=previous.joints or joints)
    return plan


def _for_one_motion(joints: dict[str, float], facts: Mapping[str, Any]) -> RewardPlan:
    """Return the plan of a single motion, its kernels as wide as the motion is high and fast, where the prompt tells."""
    plan = RewardPlan.of_single(joints)
    found = (facts.get("figures") or {}).get("single")
    if not found or not found["flight"]:
        return plan
    takes_off, goes = (
        2 * _GRAVITY * max(found["rise"], 0.0),
        (0.75 * found["distance"] / found["flight"]) ** 2,
    )
    widths = {"height": found["rise"] ** 2, "up": _OF_SPEED_UP * takes_off, "forward": _OF_SPEED * goes}
    known = {
        name: float(f"{max(width, SINGLE_TEMPERATURES[name] / LIMIT):.1g}") for name, width in widths.items()
    }
    return replace(plan, temperatures=plan.temperatures | known)


def _for_one_speed(plan: RewardPlan, speed: float) -> RewardPlan:
    """Return the plan for one commanded speed (m/s) from rest: its kernel needs a gradient all the way up."""
    width = round(max(TEMPERATURES["linear"], (speed / 3) ** 2), 3)
    return replace(plan, temperatures=plan.temperatures | {"linear": width})


def read_plan(source: str, keypoints: tuple[str, ...], single: bool = False) -> RewardPlan | None:
    """Read a plan back from a reward of the template, None if the template did not write it."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    plan, found = RewardPlan.of_single({}) if single else RewardPlan(), 0
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
    profiles = SINGLE_PROFILES if plan.single else PROFILES
    words, factors = profiles[(candidate - 1) % len(profiles)]
    if candidate <= len(profiles):
        return plan.scaled(factors, f"candidate {candidate}: {words}")
    rng = np.random.default_rng([seed, iteration, candidate])
    names = ["forward" if plan.single else "linear", "position", "rate", "t_position", "t_rate"]
    varied = {name: factors.get(name, 1.0) * float(np.exp(rng.uniform(-0.4, 0.4))) for name in names}
    return plan.scaled(varied, f"candidate {candidate}: {words}, varied at random")
