"""A robot's keypoints in its default pose, from MuJoCo's forward kinematics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.geometry import trunk_ends
from video2reward.robots.description import keypoint_table, site_names
from video2reward.robots.model import build_model
from video2reward.settings.robot import Robot
from video2reward.skeletons import skeleton


def standing_keypoints(
    mjcf: Path, robot: Robot, skeleton_name: str
) -> tuple[tuple[str, ...], np.ndarray, float]:
    """Return (names (J,), positions (J, 3) m, trunk length m) of a skeleton's keypoints in the default pose.

    Positions are in the base frame, x forward, y left, z up; a keypoint of several sites is their mean. The trunk
    length is measured in the side view (x, z); normalised keypoints use it as their unit.

    Raises:
        UserError: the robot has no table for the skeleton, or the MJCF lacks a joint or site
    """
    import mujoco

    names = tuple(keypoint_table(robot, skeleton_name))
    model = build_model(robot, mjcf)
    data = mujoco.MjData(model)
    stand(model, data, robot)
    mujoco.mj_forward(model, data)
    base = data.body(robot.base)
    turn = base.xmat.reshape(3, 3)
    sites = [[data.site(site).xpos for site in group] for group in site_names(robot, skeleton_name)]
    positions = np.array([np.mean(group, axis=0) - base.xpos for group in sites]) @ turn
    front, back = trunk_ends(positions, names, skeleton(skeleton_name))
    _check_axes(front - back, mjcf, robot)
    return names, positions, float(np.linalg.norm((front - back)[[0, 2]]))


def _check_axes(trunk: np.ndarray, mjcf: Path, robot: Robot) -> None:
    """Raise a `UserError` if the base frame is rotated: the trunk (3,) must point forward (x) or up (z)."""
    main = int(np.abs(trunk).argmax())
    if main == 1 or trunk[main] < 0:
        points = ("+-"[int(trunk[main] < 0)]) + "xyz"[main]
        raise UserError(
            f"{mjcf}: the trunk of {robot.name} points to {points} of its base {robot.base!r}; the base's frame must "
            "have x forward, y left and z up: rotate the body's frame, or correct the sites in robot.yaml"
        )


def stand(model: Any, data: Any, robot: Robot) -> None:
    """Set the joints to the default pose."""
    for name, angle in robot.default_pose.items():
        data.qpos[model.joint(name).qposadr[0]] = angle
