"""MuJoCo Warp: the same MJCF on a GPU, thousands of copies at once, in single precision.

State is shared with torch without copies. On a GPU a control step and a reset are CUDA graphs, recorded once; on
Warp's CPU device, which is slow and meant for development and tests, the same kernels run one after another.
"""

from __future__ import annotations

import copy
import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.errors import UserError
from video2reward.robots.model import solid_geoms
from video2reward.sim.physics import Physics, Plant
from video2reward.sim.robustness.model import DERIVED, FIELDS, vary_models
from video2reward.sim.robustness.table import OF_MODEL

INSTALL = "install it with pip install 'video2reward[gpu]', or set training.simulator: mujoco"
OFTEN = 1000  # control steps from one look at the buffers' overflow to the next; each look waits for the GPU
# The most points in which a geom touches a plane, by MuJoCo's kinds; other shapes: as many as meshes are given.
CONTACTS = {"SPHERE": 1, "ELLIPSOID": 1, "CAPSULE": 2, "BOX": 4, "CYLINDER": 4}
CONTACTS_OF_OTHERS = 4
_STATE = ("qpos", "qvel", "act", "qacc_warmstart")


class WarpPhysics(Physics):
    """N worlds on the first CUDA device; float32."""

    varies = frozenset(OF_MODEL)
    deterministic = False  # contacts are gathered in the order in which threads arrive

    @classmethod
    def usual_device(cls) -> str:
        """Return "cuda:0"; without Warp or a GPU that it can use: a `UserError`."""
        _warp()
        if not torch.cuda.is_available():
            raise UserError(
                "training.simulator: mujoco_warp needs an NVIDIA GPU and a torch with CUDA; here there is none: set "
                "training.simulator: mujoco, or mujoco_warp_cpu to try it without"
            )
        return "cuda:0"

    def __init__(self, plant: Plant, num_envs: int, threads: int = 1) -> None:
        """Put the model and `num_envs` worlds on the device; `threads` does not matter."""
        wp, mjw = _warp()
        import mujoco

        self.device = self.usual_device()
        self._wp, self._mjw = wp, mjw
        model = copy.copy(plant.model)
        # Warp never resets an unstable world by itself, and does not know the flag that forbids it.
        model.opt.disableflags &= ~int(mujoco.mjtDisableBit.mjDSBL_AUTORESET)
        contacts, constraints = buffer_sizes(model)
        with wp.ScopedDevice(self.device):
            try:
                self._model = mjw.put_model(model)
            except NotImplementedError as error:
                raise UserError(
                    f"MuJoCo Warp cannot simulate this robot: {error}; simplify its MJCF, or set training.simulator: mujoco"
                ) from None
            try:
                self._data = mjw.make_data(model, nworld=num_envs, nconmax=contacts, njmax=constraints)
            except RuntimeError as error:
                raise UserError(
                    f"{num_envs} copies of the robot do not fit into the memory of {self.device} ({error}); lower "
                    "training.num_envs"
                ) from None
        self._views = {name: wp.to_torch(getattr(self._data, name)) for name in (*_STATE, "ctrl", "overflow")}
        self._mask = torch.zeros(num_envs, dtype=torch.bool, device=self.device)
        self._graphs: dict[Any, Any] = {}
        self._steps = 0
        self._plant = plant
        self._scratch: Any = None
        self._fields: dict[str, Tensor] = {}

    @property
    def qpos(self) -> Tensor:
        """(N, nq), a live view."""
        return self._views["qpos"]

    @property
    def qvel(self) -> Tensor:
        """(N, nv), a live view."""
        return self._views["qvel"]

    @property
    def drive_forces(self) -> Tensor:
        """(N, nu), a live view."""
        return self._wp.to_torch(self._data.actuator_force)

    @property
    def joint_forces(self) -> Tensor:
        """(N, nv) drive and passive forces."""
        return self._wp.to_torch(self._data.qfrc_actuator) + self._wp.to_torch(self._data.qfrc_passive)

    @property
    def sensors(self) -> Tensor:
        """(N, S), a live view."""
        return self._wp.to_torch(self._data.sensordata)

    def write(self, rows: Tensor, qpos: Tensor, qvel: Tensor) -> None:
        """Start agents anew."""
        self._mask.zero_()
        self._mask[rows] = True
        mask = self._wp.from_torch(self._mask)
        self._run("reset", lambda: self._mjw.reset_data(self._model, self._data, reset=mask))
        self._views["qpos"][rows] = qpos.float()
        self._views["qvel"][rows] = qvel.float()

    def step(self, controls: Tensor, substeps: int) -> Tensor:
        """Run the substeps; what went bad shows in the state."""
        self._views["ctrl"].copy_(controls)

        def steps() -> None:
            for _ in range(substeps):
                self._mjw.step(self._model, self._data)

        self._run(substeps, steps)
        self._steps += 1
        if self._steps % OFTEN == 1:
            self._check_buffers()
        return torch.zeros(len(controls), dtype=torch.bool, device=self.device)

    def vary(self, rows: Tensor, values: Mapping[str, Tensor]) -> None:
        """Write these worlds' fields; MuJoCo derives the constants on the CPU, cheaper for a few worlds than Warp for all."""
        if self._scratch is None:
            self._give_each_world_a_model()
        vary_models(self._scratch, self._plant, rows, values)
        index = rows.cpu().numpy()
        for name, own in self._fields.items():
            varied = self._scratch.expanded(name)
            if varied is not None:
                own[rows] = torch.from_numpy(varied[index]).to(own).view_as(own[rows])

    def _give_each_world_a_model(self) -> None:
        """Repeat the fields that vary, once; graphs that were recorded read the shared ones."""
        from mujoco.batch import Batch

        worlds = len(self._mask)
        self._scratch = Batch(self._plant.model, worlds, nthread=1)
        with self._wp.ScopedDevice(self.device):
            for name in (*FIELDS, *DERIVED):
                shared = getattr(self._model, name)
                own = np.repeat(shared.numpy()[:1], worlds, axis=0)
                setattr(self._model, name, self._wp.array(own, dtype=shared.dtype))
                self._fields[name] = self._wp.to_torch(getattr(self._model, name))
        self._graphs.clear()

    def state(self) -> Tensor:
        """(N, X) positions, velocities, activations and the solver's warm start."""
        return torch.cat([self._views[name] for name in _STATE], dim=1)

    def restore(self, state: Tensor) -> None:
        """Put them back."""
        widths = [self._views[name].shape[1] for name in _STATE]
        for name, values in zip(_STATE, state.to(self.device).split(widths, dim=1), strict=True):
            self._views[name].copy_(values)

    def _run(self, name: Any, kernels: Callable[[], None]) -> None:
        """Run kernels on torch's stream; on a GPU they are recorded the first time, and replayed from then on."""
        with self._wp.ScopedDevice(self.device), self._stream():
            if self.device == "cpu":
                kernels()
                return
            if name not in self._graphs:
                kernels()  # what is compiled on first use cannot be recorded
                with _no_garbage_collection(), self._wp.ScopedCapture() as capture:
                    kernels()
                self._graphs[name] = capture.graph
                return
            self._wp.capture_launch(self._graphs[name])

    def _stream(self) -> AbstractContextManager[Any]:
        """Let Warp work on torch's current stream, so that neither waits for the other."""
        if self.device == "cpu":
            return nullcontext()
        stream = self._wp.stream_from_torch(torch.cuda.current_stream(self.device))
        scoped: AbstractContextManager[Any] = self._wp.ScopedStream(stream)
        return scoped

    def _check_buffers(self) -> None:
        """Raise a `UserError` if a world had more contacts or constraints than there is room for."""
        kinds = self._mjw.OverflowType
        lost = kinds.NEFC | kinds.NARROWPHASE | kinds.BROADPHASE | kinds.CCD | kinds.HFIELD
        worlds = int(((self._views["overflow"] & int(lost)) != 0).sum())
        if worlds:
            raise UserError(
                f"the robot touches the ground in more points than MuJoCo Warp has room for, in {worlds} worlds; let fewer "
                "geoms collide in its MJCF, or set training.simulator: mujoco"
            )


class WarpOnCpu(WarpPhysics):
    """The same on Warp's CPU device: to develop, and to test without a GPU."""

    deterministic = True

    @classmethod
    def usual_device(cls) -> str:
        """Return "cpu"."""
        _warp()
        return "cpu"


def buffer_sizes(model: Any) -> tuple[int, int]:
    """Return the most contacts and constraint rows that a world of this model can have.

    What collides touches the ground alone (robots.model), and a contact in a pyramid of friction has four rows.
    """
    import mujoco

    kinds = [mujoco.mjtGeom(model.geom_type[i]).name.removeprefix("mjGEOM_") for i in solid_geoms(model)]
    contacts = sum(CONTACTS.get(kind, CONTACTS_OF_OTHERS) for kind in kinds)
    limited = int(model.jnt_limited.sum()) + int(model.tendon_limited.sum())
    friction = int((model.dof_frictionloss > 0).sum())
    return max(contacts, 1), 4 * contacts + limited + friction + 6 * int(model.neq) + 1


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Keep graphs that are no longer used from being freed while another is recorded, which would spoil it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _warp() -> tuple[Any, Any]:
    """Import warp and mujoco_warp, silently; a `UserError` says how to install them."""
    try:
        import warp as wp

        wp.config.log_level = wp.LOG_ERROR
        import mujoco_warp as mjw
    except ImportError as error:
        raise UserError(f"MuJoCo Warp is not installed ({error}); {INSTALL}") from None
    return wp, mjw
