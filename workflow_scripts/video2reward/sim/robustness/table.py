"""What differs from episode to episode with `task.robustness`: each quantity, its ranges, its unit and their source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Bound = float | tuple[float, ...]
Range = tuple[Bound, Bound]
"""Lowest and highest, of a vector entry by entry; draws are uniform."""

LEGGED_GYM = "legged_gym, legged_robot_config.py"
ISAAC_LAB = "Isaac Lab, velocity_env_cfg.py"
MJLAB = "mjlab, docs on domain randomization"
WALK_THESE_WAYS = "walk-these-ways, scripts/train.py"
ASIMOV = "Menlo Asimov, docs on domain randomization"
TAN = "Tan et al. 2018, arXiv:1804.10332"


@dataclass(frozen=True)
class Varied:
    """One quantity that varies, `light` and `full`: its range at that level, None where it stays as it is.

    per: "episode" (drawn at its start, held until its end), "step" (drawn anew every control step)
    size: of the draw, 1 or 3 numbers, 0: one for each joint
    mirrored: sign of each number in a mirror image; of joints: those of the joints' angles
    """

    meaning: str
    unit: str
    light: Range | None
    full: Range | None
    source: str
    per: str = "episode"
    size: int = 1
    mirrored: tuple[float, ...] = (1.0,)


TABLE: Mapping[str, Varied] = {
    "friction": Varied(
        "sliding friction between robot and ground, 1 otherwise", "1",
        (0.5, 1.25), (0.3, 1.2), f"light: {LEGGED_GYM}; full: {MJLAB}",
    ),
    "trunk_mass": Varied(
        "mass and inertia of the base's body, times", "1",
        (0.9, 1.1), (0.8, 1.2), f"full: {TAN}; light: half of it",
    ),
    "trunk_com": Varied(
        "centre of mass of the base's body, moved by x, y, z", "m",
        None, ((-0.05, -0.05, -0.01), (0.05, 0.05, 0.01)), ISAAC_LAB, size=3, mirrored=(1.0, -1.0, 1.0),
    ),
    "motor_strength": Varied(
        "torque of all drives and its limit, times", "1", None, (0.9, 1.1), WALK_THESE_WAYS,
    ),
    "stiffness": Varied("stiffness of all drives, times; position targets alone", "1", None, (0.9, 1.1), ASIMOV),
    "damping": Varied("damping of all drives, times; position targets alone", "1", None, (0.9, 1.1), ASIMOV),
    "joint_offset": Varied(
        "zero of each encoder, wrong by: what is measured, and with position targets where the drive goes", "rad",
        None, (-0.02, 0.02), WALK_THESE_WAYS, size=0,
    ),
    "action_delay": Varied(
        "until an action reaches the drives, in whole control steps", "s",
        None, (0.0, 0.02), f"{ASIMOV}: 0 or 1 step; both delays together 0 to 40 ms as {TAN}",
    ),
    "sensor_delay": Varied(
        "until what sensors measure reaches the policy, in whole control steps", "s",
        None, (0.0, 0.02), f"{ASIMOV}, there 0 to 2 steps; both delays together 0 to 40 ms as {TAN}",
    ),
    "push": Varied(
        "kick to the base's velocity, in a random direction on the ground, at random moments", "m/s",
        (0.0, 0.5), (0.0, 1.0), f"light: {ASIMOV}; full: {LEGGED_GYM}", per="step",
    ),
    "push_interval": Varied(
        "mean time between two kicks", "s",
        (10.0, 10.0), (5.0, 5.0), f"light: {ISAAC_LAB}, there 10 to 15 s; full: ours, as episodes are short", per="step",
    ),
    "noise": Varied(
        "noise of what is observed, times the figures below", "1",
        (1.0, 1.0), (1.0, 1.0), LEGGED_GYM, per="step",
    ),
}  # fmt: skip
DELAYS = ("action_delay", "sensor_delay")
"""What is drawn in whole control steps."""
GAINS = ("stiffness", "damping")
"""What only drives that hold targets have."""
OF_MODEL = ("friction", "trunk_mass", "trunk_com", "motor_strength", "stiffness", "damping")
"""What the simulated model must be changed for."""

NOISE: Mapping[str, tuple[float, str, str]] = {
    "base_lin_vel": (0.1, "m/s", LEGGED_GYM),
    "base_ang_vel": (0.2, "rad/s", LEGGED_GYM),
    "projected_gravity": (0.05, "1", LEGGED_GYM),
    "course": (0.05, "1", "ours, as gravity's"),
    "joint_pos_offset": (0.01, "rad", LEGGED_GYM),
    "joint_vel": (1.5, "rad/s", LEGGED_GYM),
    "base_height": (0.02, "m", "ours"),
    "trunk_height_error": (0.02, "m", "ours"),
}
"""Block of the observation -> largest noise, uniform about zero; its unit; its source. Others have none."""


def ranges(level: str) -> dict[str, Range]:
    """Return what a level varies and in which range; {} for off."""
    if level == "off":
        return {}
    found = {name: getattr(quantity, level) for name, quantity in TABLE.items()}
    return {name: span for name, span in found.items() if span is not None}


def listed(level: str, dt: float, torque: bool) -> list[dict[str, Any]]:
    """Return what a level varies as plain values, for the files of a policy.

    dt: control step, s, of which delays are whole numbers; torque: the drives have no gains
    """
    rows = []
    for name, (low, high) in ranges(level).items():
        own = TABLE[name]
        if torque and name in GAINS:
            continue
        if name in DELAYS:
            low, high = _whole(low, dt), _whole(high, dt)
        ends = {"lowest": _plain(low), "highest": _plain(high)}
        rows.append(
            {
                "name": name,
                "meaning": own.meaning,
                "unit": own.unit,
                **ends,
                "per": own.per,
                "source": own.source,
            }
        )
    return rows


def _whole(bound: Bound, dt: float) -> float:
    assert not isinstance(bound, tuple), "a delay is one number"
    return round(bound / dt) * dt


def _plain(bound: Bound) -> float | list[float]:
    return list(bound) if isinstance(bound, tuple) else bound
