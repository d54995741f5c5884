"""The torques that a motion takes, by inverse dynamics: what its joints must exert while the feet hold the robot up."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from video2reward.settings.robot import Robot
from video2reward.sim.columns import Columns
from video2reward.sim.shapes import corners

_TOUCHING = 0.01  # m above the lowest sole
_RIDGE = 1e-6  # relative; spreads the load evenly over feet that could share it in many ways


class InverseDynamics:
    """Computes the joint torques of motions of one robot on flat ground."""

    def __init__(self, model: Any, robot: Robot) -> None:
        """Take a compiled model and the feet of its robot."""
        import mujoco

        self._model, self._columns = copy.copy(model), Columns(model, robot)
        self._model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONSTRAINT
        self._data = mujoco.MjData(self._model)
        geoms = [model.geom(name).id for name in robot.feet]
        self._soles = [(int(model.geom_bodyid[geom]), *corners(model, geom)) for geom in geoms]

    def torques(self, qpos: np.ndarray, qvel: np.ndarray, dt: float) -> np.ndarray:
        """Return the torques (T, D), N m, of a motion qpos (T, nq), qvel (T, nv) with accelerations by differences.

        The forces on the soles that touch the ground carry the trunk as well as they can; what they cannot, as a single
        foot may not, is left out.
        """
        import mujoco

        rates, found = self._columns.rates_index.numpy(), []
        for q, v, a in zip(qpos, qvel, np.gradient(qvel, dt, axis=0), strict=True):
            self._data.qpos[:], self._data.qvel[:], self._data.qacc[:] = q, v, a
            mujoco.mj_inverse(self._model, self._data)
            found.append((self._data.qfrc_inverse - self._carried(self._data.qfrc_inverse))[rates])
        return np.array(found)

    def _carried(self, wanted: np.ndarray) -> np.ndarray:
        """Return the generalised forces (nv,) of the ground on the soles that come closest to those the base needs."""
        import mujoco

        root, rows = self._columns.base_rates, []
        for body, point in self._touching():
            jacobian = np.zeros((3, self._model.nv))
            mujoco.mj_jac(self._model, self._data, jacobian, None, point, body)
            rows.append(jacobian)
        ground = np.concatenate(rows)
        carrying = ground[:, root]
        gram = carrying @ carrying.T
        gram[np.diag_indices_from(gram)] += _RIDGE * np.trace(gram)
        return np.asarray(ground.T @ np.linalg.solve(gram, carrying @ wanted[root]))

    def _touching(self) -> list[tuple[int, np.ndarray]]:
        """Return the soles' points (body, world position) at most a little above the lowest."""
        found = []
        for body, points, radius in self._soles:
            placed = self._data.xpos[body] + points @ self._data.xmat[body].reshape(3, 3).T
            found += [(body, point) for point in placed - [0, 0, radius]]
        lowest = min(point[2] for _, point in found)
        return [(body, point) for body, point in found if point[2] <= lowest + _TOUCHING]
