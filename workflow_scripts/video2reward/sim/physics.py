"""The contract between the dynamics of one simulator and the environment on top: states in, states out.

Physics knows a compiled robot, not tasks, episodes, commands or rewards. Everything is a tensor on `device`; rows
are agents. A simulator of any kind joins by these few members: docs/your-simulator.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from video2reward.settings.robot import Robot
from video2reward.settings.training import Training


@dataclass(frozen=True)
class Plant:
    """A robot as physics needs it.

    model: mujoco.MjModel, compiled with ground and drives (robots.model.build_model); robot, mjcf: what it was made of
    torque: the drives give the torques that they are told; False: they hold targets with robot.yaml's gains
    substeps: physics steps of a control step
    """

    model: Any
    robot: Robot
    mjcf: Path
    torque: bool
    substeps: int


MakePhysics = Callable[[Plant, int, int], "Physics"]
"""(robot, number of agents, CPU threads) -> their physics."""


# Limits beyond which an agent counts as unstable: m, rad; m/s, rad/s.
_MAX_POSITION, _MAX_VELOCITY = 1e4, 1e3


class Physics(ABC):
    """N independent copies of one robot on flat ground.

    Positions and velocities are laid out as in MuJoCo: nq and nv entries in the MJCF's order, quaternions w x y z,
    a free joint's linear velocity in the world's frame and its angular velocity in the body's.
    """

    device: str
    """Where its tensors lie, as torch names it: cpu, cuda:0."""
    deterministic: bool
    """The same states and controls always give the same next states, bit for bit."""
    varies: frozenset[str] = frozenset()
    """What of the model it can vary from agent to agent, of `sim.robustness.table.OF_MODEL`; none: one model serves all."""

    @classmethod
    @abstractmethod
    def usual_device(cls) -> str:
        """Return the device that it takes where none is asked for; what is missing for it is a `UserError`."""

    @classmethod
    def of(cls, training: Training) -> MakePhysics:
        """Return what makes this physics as the settings have it; settings that do not fit are a `UserError`."""
        return cls

    @abstractmethod
    def __init__(self, plant: Plant, num_envs: int, threads: int = 1) -> None:
        """Make `num_envs` copies of a robot, in its rest pose.

        threads: CPU threads to step with, where it steps on CPUs
        """

    @property
    @abstractmethod
    def qpos(self) -> Tensor:
        """(N, nq) positions, m, rad; may be a view that the next `step` or `write` changes."""

    @property
    @abstractmethod
    def qvel(self) -> Tensor:
        """(N, nv) velocities, m/s, rad/s; a view like `qpos`."""

    @property
    @abstractmethod
    def drive_forces(self) -> Tensor:
        """(N, nu) what each drive gave in the last physics step, N m, after its limits."""

    @property
    @abstractmethod
    def joint_forces(self) -> Tensor:
        """(N, nv) what drive, spring and damper gave together in the last physics step, N, N m."""

    @property
    @abstractmethod
    def sensors(self) -> Tensor:
        """(N, S) the model's sensors, in its order."""

    @abstractmethod
    def write(self, rows: Tensor, qpos: Tensor, qvel: Tensor) -> None:
        """Start agents `rows` (K,) anew from qpos (K, nq), qvel (K, nv); nothing of their past stays."""

    @abstractmethod
    def step(self, controls: Tensor, substeps: int) -> Tensor:
        """Advance all agents by `substeps` physics steps under drive controls (N, nu) -> (N,) bool, failed.

        controls: targets in rad, or torques in N m, as the model's drives have it. A failed agent's state is undefined
        until it is written.
        """

    @abstractmethod
    def state(self) -> Tensor:
        """(N, X) everything that the future depends on, warm starts included: a copy."""

    @abstractmethod
    def restore(self, state: Tensor) -> None:
        """Put all agents back to a `state()`, which may lie on another device."""

    def vary(self, rows: Tensor, values: Mapping[str, Tensor]) -> None:
        """Give agents `rows` (K,) a model of their own: quantities of `varies`, (K,), of trunk_com (K, 3).

        What is not among the values is the model's own again. Held until the next call, through `write` and `restore`.
        """
        raise NotImplementedError(f"{type(self).__name__} has one model for all agents")

    def close(self) -> None:  # noqa: B027  (many hold nothing that must be freed)
        """Free what the simulator holds."""


def stable(physics: Physics) -> Tensor:
    """Return (N,) bool: the state is finite and not beyond all bounds."""
    # NaN compares false.
    return (physics.qpos.abs().amax(1) < _MAX_POSITION) & (physics.qvel.abs().amax(1) < _MAX_VELOCITY)
