"""A robot's left-right symmetry: which joints and feet are each other's mirror images, found from its geometry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.settings.robot import Robot

_MIRROR = np.array([1.0, -1.0, 1.0])  # the reflection about the trunk's x-z plane
_NEAR = 2e-3  # m, and of unit vectors


@dataclass(frozen=True)
class Symmetry:
    """Mirrored angles are angles[:, joints] * signs.

    joints: (D,) the partner of each joint, itself on the middle line; signs: (D,) 1 or -1
    feet: (F,) the partner of each foot
    """

    joints: tuple[int, ...]
    signs: tuple[float, ...]
    feet: tuple[int, ...]


def symmetry(robot: Robot, model: Any) -> Symmetry:
    """Find the partners of all joints and feet, with all joint angles zero.

    A turn by an angle about an axis a mirrors into a turn by that angle about (-ax, ay, -az), because axes of rotation
    are pseudovectors.

    Raises:
        UserError: the robot is not symmetric
    """
    import mujoco

    data = mujoco.MjData(model)
    data.qpos[:] = 0
    data.qpos[model.joint(model.body(robot.base).jntadr[0]).qposadr[0] + 3] = 1
    mujoco.mj_kinematics(model, data)
    ids = [model.joint(name).id for name in robot.joints]
    anchors, axes = data.xanchor[ids] - data.body(robot.base).xpos, data.xaxis[ids]
    joints, signs = [], []
    for name, anchor, axis in zip(robot.joints, anchors * _MIRROR, -axes * _MIRROR, strict=True):
        there = np.linalg.norm(anchors - anchor, axis=1) < _NEAR
        along = np.where(there, axes @ axis, 0)
        partner = int(np.abs(along).argmax())
        if abs(along[partner]) < 1 - _NEAR:
            raise _asymmetric(robot, f"the joint {name} has no mirror image")
        joints.append(partner)
        signs.append(float(np.sign(along[partner])))
    pose = np.array([robot.default_pose[name] for name in robot.joints])
    uneven = np.abs(pose[joints] * signs - pose) > _NEAR
    if uneven.any():
        raise _asymmetric(
            robot, f"default_pose differs between left and right at {robot.joints[uneven.argmax()]}"
        )
    return Symmetry(tuple(joints), tuple(signs), _feet(robot, data))


def _feet(robot: Robot, data: Any) -> tuple[int, ...]:
    places = np.array([data.geom(name).xpos for name in robot.feet])
    found = []
    for name, place in zip(robot.feet, places * _MIRROR, strict=True):
        distances = np.linalg.norm(places - place, axis=1)
        if distances.min() > _NEAR:
            raise _asymmetric(robot, f"the foot {name} has no mirror image")
        found.append(int(distances.argmin()))
    return tuple(found)


def _asymmetric(robot: Robot, why: str) -> UserError:
    return UserError(
        f"training.mirror needs a robot whose left and right are alike, but of {robot.name} {why}; set it to false"
    )
