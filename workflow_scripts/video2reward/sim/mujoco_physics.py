"""MuJoCo on CPU threads: `mujoco.batch`, in double precision."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from video2reward.sim.physics import Physics, Plant
from video2reward.sim.robustness.model import vary_models
from video2reward.sim.robustness.table import OF_MODEL


class MujocoPhysics(Physics):
    """N simulations stepped by a pool of threads; its tensors are float64."""

    device = "cpu"
    deterministic = True
    varies = frozenset(OF_MODEL)

    @classmethod
    def usual_device(cls) -> str:
        """Return "cpu"."""
        return "cpu"

    def __init__(self, plant: Plant, num_envs: int, threads: int = 1) -> None:
        """Make the simulations and take live views of their states."""
        from mujoco.batch import Batch

        self._plant = plant
        self._batch = Batch(plant.model, num_envs, nthread=threads)
        self._qpos, self._qvel, self._ctrl = (
            torch.from_numpy(self._batch.bind(name)) for name in ("qpos", "qvel", "ctrl")
        )
        derived = ("actuator_force", "qfrc_actuator", "qfrc_passive", "sensordata")
        self._derived = {name: self._batch.bind(name) for name in derived}

    @property
    def qpos(self) -> Tensor:
        """(N, nq), a live view."""
        return self._qpos

    @property
    def qvel(self) -> Tensor:
        """(N, nv), a live view."""
        return self._qvel

    @property
    def drive_forces(self) -> Tensor:
        """(N, nu), a copy."""
        return torch.from_numpy(self._derived["actuator_force"].copy())

    @property
    def joint_forces(self) -> Tensor:
        """(N, nv) drive and passive forces."""
        return torch.from_numpy(self._derived["qfrc_actuator"] + self._derived["qfrc_passive"])

    @property
    def sensors(self) -> Tensor:
        """(N, S), a copy."""
        return torch.from_numpy(self._derived["sensordata"].copy())

    def write(self, rows: Tensor, qpos: Tensor, qvel: Tensor) -> None:
        """Start agents anew; nothing is computed before the next step."""
        from mujoco import mjtStage

        self._batch.reset(rows.numpy(), stage=mjtStage.mjSTAGE_NONE)
        self._qpos[rows] = qpos.double()
        self._qvel[rows] = qvel.double()

    def step(self, controls: Tensor, substeps: int) -> Tensor:
        """Run the substeps; agents whose simulation went bad are marked."""
        from mujoco.batch import SimulationError

        self._ctrl.copy_(controls)
        failed = np.zeros(len(controls), bool)
        try:
            self._batch.step(nstep=substeps)
        except SimulationError as error:
            failed[error.ids] = True
        return torch.from_numpy(failed)

    def vary(self, rows: Tensor, values: Mapping[str, Tensor]) -> None:
        """Write these agents' fields, and what MuJoCo derives from them."""
        vary_models(self._batch, self._plant, rows, values)

    def state(self) -> Tensor:
        """(N, X) MuJoCo's integration state."""
        return torch.from_numpy(self._batch.state.copy())

    def restore(self, state: Tensor) -> None:
        """Put the integration state back."""
        self._batch.state[:] = state.cpu().numpy()

    def close(self) -> None:
        """Free the simulations and their threads."""
        del self._qpos, self._qvel, self._ctrl, self._derived, self._batch
