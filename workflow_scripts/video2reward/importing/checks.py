"""What is looked at in a robot's folder before it is handed over: does it stand, is it even, are its drives strong enough."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.importing.shapes import lowest
from video2reward.importing.trial import SECONDS, STARTS, Stood, all_starts, at_start
from video2reward.robots.description import gain
from video2reward.robots.model import build_model
from video2reward.robots.symmetry import symmetry
from video2reward.settings.robot import Robot

_LEVEL = 0.005  # m
_EXACT = 1e-3  # rad that a range written out may have lost
# The published reward of the velocity task, which trains base policies: what it pays at most, what it takes per squared
# torque, and the noise of actions at which it should still pay something (resources/rewards/human_velocity.py).
_PAYS, _TAKES, _NOISE, _ENOUGH = 1.5, 2.5e-5, 0.2, 2 / 3
_STRONG = 0.8  # part of the torque limit that standing may take


@dataclass(frozen=True)
class RobotCheck:
    """One line of the table."""

    name: str
    value: str
    good: bool


def stands(robot: Robot, mjcf: Path, substeps: int) -> bool:
    """Tell whether a robot stands for two seconds without a policy, from all starts."""
    return all(not stood.fell for stood in all_starts(robot, substeps, build_model(robot, mjcf, substeps)))


def check_robot(robot: Robot, mjcf: Path, source: Any, substeps: int) -> tuple[RobotCheck, ...]:
    """Return the table; `source` is the model as it came, mujoco.MjModel."""
    model = build_model(robot, mjcf, substeps)
    stood = all_starts(robot, substeps, model)
    fell = [one.fell for one in stood if one.fell]
    joint, load = max(
        ((n, max(one.load[n] for one in stood)) for n in robot.joints), key=lambda entry: entry[1]
    )
    rows = [
        RobotCheck(
            f"stands {SECONDS:g} s",
            f"{STARTS - len(fell)} of {STARTS} starts"
            + (f"; {fell[0]}" if fell else f"; sinks {max(o.sunk for o in stood) * 100:.1f} cm"),
            not fell,
        ),
        _mass(robot, model, source),
        _limits(robot, model),
        _feet(robot, model),
        _symmetric(robot, model),
        RobotCheck("torque margins", f"{joint} takes {load:.0%} of its limit to stand", load < _STRONG),
    ]
    if len(robot.feet) == 4:
        rows.append(_published(robot, stood))
    return tuple(rows)


def _mass(robot: Robot, model: Any, source: Any) -> RobotCheck:
    ours, theirs = (float(m.body(robot.base).subtreemass[0]) for m in (model, source))
    return RobotCheck(
        "mass as in the source", f"{ours:.2f} kg, {theirs:.2f} kg there", abs(ours - theirs) < 1e-3 * theirs
    )


def _limits(robot: Robot, model: Any) -> RobotCheck:
    gaps = {
        n: float(
            min(
                robot.default_pose[n] - model.joint(n).range[0],
                model.joint(n).range[1] - robot.default_pose[n],
            )
        )
        for n in robot.joints
    }
    joint = min(gaps, key=lambda name: gaps[name])
    return RobotCheck(
        "joint limits",
        f"{joint} stands {max(0.0, gaps[joint]):.2f} rad from its limit",
        gaps[joint] > -_EXACT,
    )


def _feet(robot: Robot, model: Any) -> RobotCheck:
    data = at_start(robot, model)
    heights = [lowest(model, data, model.geom(foot).id) for foot in robot.feet]
    return RobotCheck(
        "feet level", f"within {np.ptp(heights) * 1000:.1f} mm", float(np.ptp(heights)) < _LEVEL
    )


def _symmetric(robot: Robot, model: Any) -> RobotCheck:
    try:
        symmetry(robot, model)
    except UserError as error:
        reason = str(error).partition(f"of {robot.name} ")[2].partition(";")[0]
        return RobotCheck("left and right alike", f"{reason}; set training.mirror to false", False)
    return RobotCheck("left and right alike", "to 2 mm", True)


def _published(robot: Robot, stood: list[Stood]) -> RobotCheck:
    """Look whether the published reward's price of torque, made for a robot of 50 kg, leaves anything to learn from."""
    noise = sum((_NOISE * robot.action_scale * gain(robot.stiffness, name)) ** 2 for name in robot.joints)
    cost = _TAKES * (float(np.mean([one.squared for one in stood])) + noise)
    good = cost < _ENOUGH * _PAYS
    advice = "" if good else "; no base policy can be learned from it: set training.init to scratch"
    return RobotCheck("published reward", f"torques cost {cost:.1f} of its {_PAYS:g}{advice}", good)
