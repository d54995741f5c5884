"""One agent that walks live: the environment of the evaluation, step by step, steered and pushed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from video2reward.geometry import quaternion_yaw

if TYPE_CHECKING:
    from torch import Tensor

LIES_S = 1.0
"""How long a fallen robot is shown before it starts anew."""
MEAN_S = 1.0
"""What the measured velocity is averaged over."""
FRICTION = 1.0
"""Of robot and ground, as trained."""
_SIGNALS = ("base_lin_vel", "base_ang_vel", "phase_sin", "phase_cos")
_RESTED = 0.95  # phase of a single motion's clock at which it stands still again


class Environment(Protocol):
    """What of sim/locomotion.py's environment, with one agent, a walk needs."""

    dt: float
    model: Any
    physics: Any

    def reset(self) -> Tensor: ...  # noqa: D102
    def step(self, actions: Tensor) -> Any: ...  # noqa: D102
    def signals(self, names: tuple[str, ...]) -> dict[str, Tensor]: ...  # noqa: D102
    def set_commands(self, commands: Tensor) -> None: ...  # noqa: D102
    def qpos(self) -> Tensor: ...  # noqa: D102
    def state(self) -> dict[str, Tensor]: ...  # noqa: D102
    def restore(self, state: dict[str, Tensor]) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


@dataclass(frozen=True)
class Walker:
    """A policy and what it walks in.

    make: friction of the ground -> an environment; act: observations (1, O) -> actions (1, D)
    base: the body that is pushed; single: one motion, which is begun anew when it is done
    lowest, highest: (3,) commands of the training, m/s, m/s, rad/s; start: the first command; steered: whether the policy
    observes any
    drawn: the robot as it is drawn (robots.model.build_model, visual)
    """

    make: Callable[[float], Environment]
    act: Callable[[Tensor], Tensor]
    base: str
    single: bool
    lowest: Sequence[float]
    highest: Sequence[float]
    start: Sequence[float]
    steered: bool
    drawn: Any


@dataclass(frozen=True)
class Moment:
    """A robot after a step.

    qpos: (nq,); phase: of the clock, strides since the start; velocity: (3,) forward, sideways m/s, turning rad/s, mean of the
    last second; falls: so far; down: whether it lies
    """

    qpos: np.ndarray
    phase: float
    velocity: np.ndarray
    falls: int
    down: bool


class LiveWalk:
    """Lets one agent walk."""

    def __init__(self, walker: Walker) -> None:
        """Start at rest, with the walker's first command."""
        self._walker, self._env = walker, walker.make(FRICTION)
        self.dt = self._env.dt
        self.falls, self._friction = 0, FRICTION
        self._command = tuple(walker.start)
        self.command(*self._command)
        self.restart()

    def command(self, *velocity: float) -> None:
        """Command a velocity (forward, sideways, turning) from now on, m/s, m/s, rad/s."""
        import torch

        self._command = velocity
        self._env.set_commands(torch.tensor([self._command]))

    def restart(self) -> None:
        """Put the robot back to its start, at rest."""
        self._observation = self._env.reset()
        self._lay, self._velocities = 0, deque[np.ndarray](maxlen=round(MEAN_S / self.dt))
        self._strides, self._phase = 0, self._clock()

    def ground(self, friction: float) -> None:
        """Change the ground under the robot; it goes on from where it is."""
        if friction == self._friction:
            return
        other = self._walker.make(friction)
        other.restore(self._env.state())
        self._env.close()
        self._env, self._friction = other, friction
        self.command(*self._command)

    def push(self, forward: float, sideways: float) -> None:
        """Change the base's velocity at once, m/s, in the frame of its heading."""
        import torch

        model, physics = self._env.model, self._env.physics
        root = int(model.body_jntadr[model.body(self._walker.base).id])
        place, rate = int(model.jnt_qposadr[root]), int(model.jnt_dofadr[root])
        qpos, qvel = physics.qpos.clone(), physics.qvel.clone()
        yaw = float(quaternion_yaw(qpos[0, place + 3 : place + 7].numpy()))
        turn = np.array([[np.cos(yaw), -np.sin(yaw)], [np.sin(yaw), np.cos(yaw)]])
        qvel[0, rate : rate + 2] += torch.as_tensor(turn @ [forward, sideways])
        physics.write(torch.tensor([0]), qpos, qvel)

    def step(self) -> Moment:
        """Advance one control step; whoever fell is put back after a while."""
        if self._lay * self.dt >= LIES_S or (
            self._walker.single and self._strides + self._phase >= 1 + _RESTED
        ):
            self.restart()
        result = self._env.step(self._walker.act(self._observation))
        self._observation = result.observation
        fallen = bool(result.terminated[0])
        self.falls += fallen and not self._lay
        self._lay += fallen or self._lay > 0
        return self._moment()

    def close(self) -> None:
        """End the simulation."""
        self._env.close()

    def _moment(self) -> Moment:
        phase = self._clock()
        self._strides += phase < self._phase
        self._phase = phase
        seen = self._env.signals(_SIGNALS)
        self._velocities.append(
            np.array([*seen["base_lin_vel"][0, :2].tolist(), float(seen["base_ang_vel"][0, 2])])
        )
        return Moment(
            qpos=self._env.qpos()[0].numpy(),
            phase=self._strides + phase,
            velocity=np.mean(self._velocities, axis=0),
            falls=self.falls,
            down=self._lay > 0,
        )

    def _clock(self) -> float:
        """Return the clock's phase, 0..1; it runs in the reference's period whether or not the policy sees it."""
        seen = self._env.signals(_SIGNALS)
        return float(np.arctan2(float(seen["phase_sin"][0]), float(seen["phase_cos"][0])) / (2 * np.pi) % 1)
