"""Legs as chains of hinges, for those that turn out of the side view's plane."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.robots.model import build_model
from video2reward.robots.standing import stand
from video2reward.settings.robot import KeypointTable, Robot, RobotLimb

# Rounds of the fit; damping of its steps, m; pull to the default pose, m^2, which decides what the foot leaves open.
_ROUNDS, _DAMPING, _PULL = 40, 0.02, 1e-6


@dataclass(frozen=True)
class HingedLeg:
    """A leg's joints from the base to the foot, as they are in the default pose, in the base's frame.

    anchors, axes: (K, 3) m, and unit vectors; limits: (K, 2) rad from the default pose
    knee, foot: (3,) m; knee_joints: how many of the joints move the knee
    """

    anchors: np.ndarray
    axes: np.ndarray
    limits: np.ndarray
    knee: np.ndarray
    foot: np.ndarray
    knee_joints: int

    def follow(self, path: np.ndarray, part: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        """Return knee and foot, (P, 2) m each, nearest to a path of the foot (P, 2) m, all in side view.

        part: of the joints' ranges that may be used, 0..1. Damped least squares (Buss 2004), a little pulled to the
        default pose.
        """
        angles = np.zeros((len(path), len(self.anchors)))
        eye = (_DAMPING**2 + _PULL) * np.eye(len(self.anchors))
        low, high = part * self.limits.T
        for _ in range(_ROUNDS):
            _, foot, turns = self._places(angles)
            missing = path - foot[:, [0, 2]]
            slope = turns[:, [0, 2]]
            normal = np.swapaxes(slope, 1, 2) @ slope + eye
            push = (np.swapaxes(slope, 1, 2) @ missing[..., None])[..., 0] - _PULL * angles
            angles = np.clip(angles + np.linalg.solve(normal, push[..., None])[..., 0], low, high)
        knee, foot, _ = self._places(angles)
        return knee[:, [0, 2]], foot[:, [0, 2]]

    def _places(self, angles: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return knee and foot (P, 3), and the foot's derivatives by the joints (P, 3, K), at angles (P, K)."""
        count = len(angles)
        turn, shift = np.tile(np.eye(3), (count, 1, 1)), np.zeros((count, 3))
        knee, hinges = np.tile(self.knee, (count, 1)), []
        for k, (anchor, axis) in enumerate(zip(self.anchors, self.axes, strict=True)):
            hinges.append((turn @ anchor + shift, turn @ axis))
            own = _rotations(axis, angles[:, k])
            shift = shift + np.einsum("pij,pj->pi", turn, anchor - own @ anchor)
            turn = turn @ own
            if k + 1 == self.knee_joints:
                knee = turn @ self.knee + shift
        foot = turn @ self.foot + shift
        return knee, foot, np.stack([np.cross(axis, foot - at) for at, axis in hinges], axis=-1)


def hinged_legs(mjcf: Path, robot: Robot, table: KeypointTable) -> dict[str, HingedLeg]:
    """Return limb -> leg, for the limbs without `lengths_m`.

    Raises:
        UserError: no driven joint moves a foot, or its knee or foot is the mean of several sites
    """
    wanted = [limb for limb in table.limbs if limb.lengths_m is None]
    if not wanted:
        return {}
    import mujoco

    model = build_model(robot, mjcf)
    data = mujoco.MjData(model)
    stand(model, data, robot)
    mujoco.mj_forward(model, data)
    return {limb.name: _leg(model, data, robot, table, limb) for limb in wanted}


def _leg(model: Any, data: Any, robot: Robot, table: KeypointTable, limb: RobotLimb) -> HingedLeg:
    knee, foot = (_site(robot, table, joint) for joint in (limb.knee, limb.foot))
    joints, to_knee = (_joints_to(model, robot, site) for site in (foot, knee))
    if not joints:
        raise UserError(
            f"robot.yaml of {robot.name}: no joint of `joints` moves the foot {foot!r} of limb {limb.name}; give the limb "
            "lengths_m, or name a site beyond a driven joint"
        )
    base = data.body(robot.base)
    turn = base.xmat.reshape(3, 3)
    limits = []
    for joint in joints:
        ends = model.joint(joint).range if model.joint(joint).limited[0] else (-np.pi, np.pi)
        limits.append(np.asarray(ends) - robot.default_pose[joint])
    return HingedLeg(
        anchors=(np.array([data.joint(joint).xanchor for joint in joints]) - base.xpos) @ turn,
        axes=np.array([data.joint(joint).xaxis for joint in joints]) @ turn,
        limits=np.array(limits),
        knee=(data.site(knee).xpos - base.xpos) @ turn,
        foot=(data.site(foot).xpos - base.xpos) @ turn,
        knee_joints=len(to_knee),
    )


def _site(robot: Robot, table: KeypointTable, joint: str) -> str:
    site = table.sites[joint]
    if not isinstance(site, str):
        raise UserError(
            f"robot.yaml of {robot.name}: {joint} is the mean of the sites {', '.join(site)}; a limb without lengths_m needs "
            "one site each for knee and foot"
        )
    return site


def _joints_to(model: Any, robot: Robot, site: str) -> list[str]:
    """Return the driven joints between the base and a site, from the base on."""
    body, found = int(model.site(site).bodyid[0]), list[str]()
    while body != model.body(robot.base).id and body:
        first, count = model.body_jntadr[body], model.body_jntnum[body]
        found = [model.joint(j).name for j in range(first, first + count)] + found
        body = int(model.body_parentid[body])
    return [name for name in found if name in robot.joints]


def _rotations(axis: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Return rotations about an axis by angles (P,), (P, 3, 3), by Rodrigues' formula."""
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    sin, cos = np.sin(angles)[:, None, None], np.cos(angles)[:, None, None]
    return np.asarray(np.eye(3) + sin * cross + (1 - cos) * (cross @ cross))
