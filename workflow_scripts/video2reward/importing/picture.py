"""A picture of the standing robot with its keypoints, from the right and from the front; no OpenGL is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from video2reward.artifacts.io import atomic_path
from video2reward.importing.shapes import lowest, placed
from video2reward.robots.description import site_names
from video2reward.robots.mjcf import import_mujoco
from video2reward.robots.model import FLOOR, build_model
from video2reward.robots.standing import stand
from video2reward.settings.robot import Robot
from video2reward.skeletons import skeleton

_SIDE_COLOURS = {"l": "#D55E00", "r": "#0072B2"}
_MIDDLE = "#111111"
_VIEWS = (("from the right", 0, 1), ("from the front", 1, 1))  # title, the axis across, its sign


def draw_robot(robot: Robot, mjcf: Path, out: Path) -> None:
    """Write a PNG: shapes grey, the left's keypoints orange, the right's blue, the trunk's black."""
    mujoco = import_mujoco()
    model = build_model(robot, mjcf, visual=True)
    data = mujoco.MjData(model)
    data.qpos[:] = 0
    root = int(model.joint(model.body_jntadr[model.body(robot.base).id]).qposadr[0])
    data.qpos[root + 2 : root + 4] = robot.spawn_height, 1
    stand(model, data, robot)
    mujoco.mj_forward(model, data)
    shapes = [
        placed(model, data, g)
        for g in range(model.ngeom)
        if model.geom(g).name != FLOOR and model.geom_group[g] < 4
    ]
    name, table = next(iter(robot.skeletons.items()))
    places = {
        joint: np.mean([data.site(site).xpos for site in group], axis=0)
        for joint, group in zip(table.sites, site_names(robot, name), strict=True)
    }
    feet = [lowest(model, data, model.geom(foot).id) for foot in robot.feet]
    _draw(robot.name, shapes, places, skeleton(name).bones, min(feet), out)


def _draw(
    name: str, shapes: list[np.ndarray], places: dict[str, np.ndarray], bones: Any, ground: float, out: Path
) -> None:
    import cv2
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 5.5), layout="constrained")
    for axes, (title, across, sign) in zip(figure.subplots(1, 2), _VIEWS, strict=True):
        for points in shapes:
            flat = np.ascontiguousarray(points[:, [across, 2]] * [sign, 1], np.float32)
            if len(flat):
                hull = cv2.convexHull(flat)[:, 0]
                axes.fill(*hull.T, facecolor="#77777722", edgecolor="#77777766", linewidth=0.5)
        for a, b in bones:
            if a in places and b in places:
                ends = np.array([places[a], places[b]])
                axes.plot(sign * ends[:, across], ends[:, 2], color=_colour(b), linewidth=2)
        for joint, at in places.items():
            axes.plot(sign * at[across], at[2], "o", color=_colour(joint), markersize=5)
            if title == "from the right" and _colour(joint) != _SIDE_COLOURS["l"]:
                axes.annotate(
                    joint, (sign * at[across], at[2]), xytext=(5, 3), textcoords="offset points", fontsize=7
                )
        axes.axhline(ground, color="#CCCCCC")
        axes.set_aspect("equal")
        axes.set_title(f"{name}, {title}")
        axes.set_xlabel("m, forward is right" if across == 0 else "m, its left is right")
    with atomic_path(out) as aside:
        figure.savefig(aside, format="png", dpi=110)


def _colour(joint: str) -> str:
    side = joint[0].lower() if joint.lower().startswith(("l_", "r_", "left_", "right_")) else ""
    return _SIDE_COLOURS.get(side, _MIDDLE)
