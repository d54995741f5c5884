"""Rendering a robot with OpenGL in a separate process, so that a missing or broken driver does no harm.

`python -m video2reward.rollout.render ROBOT_YAML MJCF POSES.npy WIDTH HEIGHT` writes raw RGB pictures to
standard output. POSES is (T, nq + 1): generalised positions and the heading that the camera looks across, rad.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.settings.robot import Robot

ELEVATION = -12.0
# Rendered larger and averaged, which is faster in software OpenGL than multisampling. Twice the size takes a quarter longer,
# MuJoCo's own 28 slices and 16 stacks of round shapes a tenth; no difference can be seen.
_LARGER = 1.5
_SLICES, _STACKS = 20, 12


def main() -> None:
    """Render all poses."""
    robot_yaml, mjcf, poses, width, height = sys.argv[1:]
    pictures = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # keeps a driver's output out of the pictures

    import cv2
    import mujoco

    from video2reward.robots.description import load_robot
    from video2reward.robots.model import build_model

    robot = load_robot(Path(robot_yaml))
    model = build_model(robot, Path(mjcf), visual=True)
    size = round(_LARGER * int(height)), round(_LARGER * int(width))
    model.vis.global_.offheight, model.vis.global_.offwidth = size
    model.vis.quality.offsamples = 0
    model.vis.quality.numslices, model.vis.quality.numstacks = _SLICES, _STACKS
    data = mujoco.MjData(model)
    camera, option = mujoco.MjvCamera(), mujoco.MjvOption()
    option.geomgroup[:] = [1, 1, 1, 0, 0, 0]
    option.sitegroup[:] = 0
    tall, wide = standing_size(model, data, robot)
    with mujoco.Renderer(model, *size) as renderer:
        renderer.scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = 0
        renderer.scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = 0
        for pose in np.load(poses, allow_pickle=False):
            data.qpos[:] = pose[:-1]
            mujoco.mj_kinematics(model, data)
            mujoco.mj_camlight(model, data)
            camera.lookat[:] = pose[0], pose[1], 0.5 * tall
            camera.distance, camera.elevation = max(1.9, 1.7 * tall, 1.8 * wide), ELEVATION
            camera.azimuth = 90 + np.degrees(pose[-1])  # from the robot's right: it walks to the right
            renderer.update_scene(data, camera, option)
            picture = cv2.resize(renderer.render(), (int(width), int(height)), interpolation=cv2.INTER_AREA)
            pictures.write(picture.tobytes())
            pictures.flush()


def standing_size(model: Any, data: Any, robot: Robot) -> tuple[float, float]:
    """Return how high and how far from front to back the centres of the robot's shapes reach at the start, m.

    It frames the camera.
    """
    import mujoco

    data.qpos[:7] = 0, 0, robot.spawn_height, 1, 0, 0, 0
    for joint, angle in robot.default_pose.items():
        data.joint(joint).qpos[0] = angle
    mujoco.mj_kinematics(model, data)
    places = data.geom_xpos[model.geom_bodyid > 0]
    return float(places[:, 2].max()), float(np.ptp(places[:, 0]))


if __name__ == "__main__":
    main()
