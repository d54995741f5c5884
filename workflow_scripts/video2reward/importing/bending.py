"""How a leg or an arm bends: hip, knee and ankle, or shoulder, elbow and wrist, by the geometry of its joints."""

from __future__ import annotations

from typing import Any

import numpy as np

from video2reward.importing.base import Given
from video2reward.importing.chains import SIDES, Chain
from video2reward.importing.shapes import lowest

_LEVEL = 0.03  # geoms this near the lowest one of a foot, in parts of the leg, are its sole
_BEND = 1.2  # rad to either side that a joint is tried


def find_leg(
    model: Any, data: Any, given: Given, end: int, joints: tuple[int, ...], geoms: list[int]
) -> Chain:
    """Return a leg, its hip, knee and soles found by their geometry, yet without a name."""
    heights = {g: lowest(model, data, g) for g in geoms}
    low = min(heights.values())
    top = float(data.xanchor[joints[0], 2])
    soles = _balls_first(model, [g for g in geoms if heights[g] < low + _LEVEL * (top - low)])
    tip = np.mean([data.geom_xpos[g] for g in soles], axis=0)
    hip, knee, ankle = _bends(model, data, given, joints, end, tip)
    return Chain("", joints, hip, knee, ankle, end, soles)


def _balls_first(model: Any, geoms: list[int]) -> tuple[int, ...]:
    """Return the one ball among geoms, which is the foot of most legs with four, else all of them."""
    import mujoco

    balls = [g for g in geoms if model.geom_type[g] == mujoco.mjtGeom.mjGEOM_SPHERE]
    return tuple(balls if len(balls) == 1 else geoms)


def _bends(
    model: Any, data: Any, given: Given, joints: tuple[int, ...], end: int, tip: np.ndarray
) -> tuple[int, int, int | None]:
    """Return hip, knee and ankle: the knee is the joint that changes the distance from root to tip most."""
    import mujoco

    local = (tip - data.xpos[end]) @ data.xmat[end].reshape(3, 3)
    changes = []
    for joint in joints[1:]:
        reach, at = [], int(model.jnt_qposadr[joint])
        start = float(data.qpos[at])
        low, high = given.ranges.get(model.joint(joint).name, (start - _BEND, start + _BEND))
        for angle in np.linspace(max(low, start - _BEND), min(high, start + _BEND), 9):
            data.qpos[at] = angle
            mujoco.mj_kinematics(model, data)
            there = data.xmat[end].reshape(3, 3) @ local + data.xpos[end]
            reach.append(np.linalg.norm(there - data.xanchor[joints[0]]))
        data.qpos[at] = start
        changes.append(np.ptp(reach))
    mujoco.mj_forward(model, data)
    number = 1 + int(np.argmax(changes))
    knee = joints[number]
    parallel = [j for j in joints[:number] if abs(data.xaxis[j] @ data.xaxis[knee]) > 0.8]
    later = [
        j for j in joints[number + 1 :]
        if np.linalg.norm(data.xanchor[j] - data.xanchor[knee]) > 0.5 * np.linalg.norm(tip - data.xanchor[knee])
    ]  # fmt: skip
    return (parallel[-1] if parallel else joints[0]), knee, (later[0] if later else None)


def find_arms(
    model: Any, data: Any, given: Given, tips: list[tuple[int, tuple[int, ...], list[int]]]
) -> tuple[Chain, ...]:
    """Return the chains left and right that are no legs; fingers share their arm's joints, arms those of the waist."""
    paths: dict[str, tuple[int, ...]] = {}
    for side, sign in zip(SIDES, (1, -1), strict=True):
        own = [joints for body, joints, _ in tips if sign * data.xpos[body, 1] > 0.02]
        paths[side] = _common(own) if own else ()
    waist = len(_common(list(paths.values())))
    arms = []
    for side, path in paths.items():
        joints = path[waist:]
        if len(joints) < 2:
            return ()
        end = int(model.jnt_bodyid[joints[-1]])
        tip = data.xipos[end]
        _, elbow, _ = _bends(model, data, given, joints, end, tip)
        arms.append(Chain(side, joints, joints[0], elbow, joints[-1] if joints[-1] != elbow else None, end))
    return tuple(arms)


def _common(paths: list[tuple[int, ...]]) -> tuple[int, ...]:
    count = 0
    while all(len(path) > count for path in paths) and len({path[: count + 1] for path in paths}) == 1:
        count += 1
    return paths[0][:count]
