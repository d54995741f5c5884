"""Where a robot's keypoints are in its default pose, by MuJoCo's forward kinematics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from video2reward.errors import UserError, choices
from video2reward.geometry import trunk_ends
from video2reward.robots import check_robot, keypoint_table, site_names
from video2reward.settings import Robot
from video2reward.skeletons import skeleton


def standing_keypoints(
    mjcf: Path, robot: Robot, skeleton_name: str
) -> tuple[tuple[str, ...], np.ndarray, float]:
    """Return (names (J,), positions (J, 3) m, trunk length m) of a skeleton's keypoints, standing upright.

    Positions in the base's frame, x forward, y left, z up, in the default pose; a keypoint of several sites is
    their mean. The trunk's length is that of the side view (x, z), the unit of normalised keypoints.

    Raises:
        UserError: the robot has no table for that skeleton, or the MJCF lacks a joint or site
    """
    import mujoco

    check_robot(robot, mjcf)
    names = tuple(keypoint_table(robot, skeleton_name))
    try:
        model = mujoco.MjModel.from_xml_path(str(mjcf))
    except ValueError as error:
        raise UserError(f"{mjcf}: {error}") from None
    data = mujoco.MjData(model)
    _stand(model, data, robot)
    mujoco.mj_forward(model, data)
    base = data.body(robot.base)
    turn = base.xmat.reshape(3, 3)
    sites = [[data.site(site).xpos for site in group] for group in site_names(robot, skeleton_name)]
    positions = np.array([np.mean(group, axis=0) - base.xpos for group in sites]) @ turn
    front, back = trunk_ends(positions, names, skeleton(skeleton_name))
    return names, positions, float(np.linalg.norm((front - back)[[0, 2]]))


def _stand(model: Any, data: Any, robot: Robot) -> None:
    """Set the joints' default angles."""
    joints = [model.joint(i).name for i in range(model.njnt)]
    for name, angle in robot.default_pose.items():
        if name not in joints:
            raise UserError(f"robot.yaml of {robot.name}: {choices(name, joints, 'joint')}")
        data.qpos[model.joint(name).qposadr[0]] = angle
