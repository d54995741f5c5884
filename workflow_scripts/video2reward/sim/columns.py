"""Which columns of positions and velocities are the base's and the joints'."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.settings.robot import Robot


class Columns:
    """Columns of qpos (nq) and qvel (nv), as slices where they are adjacent, which are read without a gather.

    base, base_rates: 7 and 6 columns; joints, rates: of robot.yaml's joints, in its order
    joints_index, rates_index: the same as tensors (D,)
    limits: lowest and highest angles (D,), rad, infinite where the MJCF has none
    """

    def __init__(self, model: Any, robot: Robot) -> None:
        """Read them from a compiled model; tensors lie on the device that is in force."""
        joints = [model.joint(name) for name in robot.joints]
        root = model.body(robot.base).jntadr[0]
        start, speed = int(model.jnt_qposadr[root]), int(model.jnt_dofadr[root])
        self.base, self.base_rates = slice(start, start + 7), slice(speed, speed + 6)
        self.joints_index = torch.tensor([int(joint.qposadr[0]) for joint in joints])
        self.rates_index = torch.tensor([int(joint.dofadr[0]) for joint in joints])
        self.joints, self.rates = _compact(self.joints_index), _compact(self.rates_index)
        limits = [joint.range if model.jnt_limited[joint.id] else (-np.inf, np.inf) for joint in joints]
        low, high = torch.tensor(np.array(limits), dtype=torch.float32).T.unbind()
        self.limits = (low, high)

    def motion(self, qpos: Tensor, qvel: Tensor) -> dict[str, Tensor]:
        """Return copies of the columns by the names of `sim.snapshot.AgentStates`."""
        base, rates = copied(qpos[:, self.base]), copied(qvel[:, self.base_rates])
        return {
            "position": base[:, :3],
            "quaternion": base[:, 3:],
            "velocity": rates[:, :3],
            "spin": rates[:, 3:],
            "joint_pos": copied(qpos[:, self.joints]),
            "joint_vel": copied(qvel[:, self.rates]),
        }


def copied(values: Tensor) -> Tensor:
    """Return values as float32, never as a view: the physics goes on, a signal stays that moment's."""
    return values.to(torch.float32, copy=True)


def _compact(columns: Tensor) -> slice | Tensor:
    listed = columns.tolist()
    if listed == list(range(listed[0], listed[0] + len(listed))):
        return slice(listed[0], listed[0] + len(listed))
    return columns
