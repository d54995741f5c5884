"""The signals of known motions, as a reward would see them: contacts, torques and actions consistent with the motion."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from torch import Tensor

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.states import KnownStates, Pair
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.signals import SIGNALS
from video2reward.sim.control import CONTROLS
from video2reward.sim.inverse_dynamics import InverseDynamics
from video2reward.sim.known_motions import FALLEN, GAITS, SCREENED, SPEEDS, STILL, KnownMotion, place_on
from video2reward.sim.mirror import ALIKE
from video2reward.sim.playback import Playback, exchanged_sides
from video2reward.sim.snapshot import Snapshot

_SINK = 0.005
"""How far soles sink in, m: feet this near the ground carry weight, as long as the clip's do."""


class KnownSignals:
    """Reads the catalogue's signals from known motions on one robot."""

    def __init__(self, playback: Playback, robot: Robot, task: Task) -> None:
        """Take the robot that is played back, and the task whose actions, falls and success count."""
        self._playback, self._torque = playback, task.actions == "torque"
        self._inverse = InverseDynamics(playback.model, robot)
        self._control = CONTROLS[task.actions](robot, playback.constants, playback.columns.limits)

    def read(self, agents: int, seconds: float) -> KnownStates:
        """Return the signals of all motions that rewards are screened on, and the pairs whose order is known."""
        task, steps = self._playback.task, round(seconds / self._playback.dt)
        signals, lasting, success = [], [], {}
        for motion in SCREENED:
            now = self._snapshot(motion, agents, steps)
            down = task.terminated(now).numpy().reshape(agents, steps)
            signals.append({name: np.asarray(now[name], np.float32) for name in SIGNALS})
            lasting.append(np.cumsum(down, axis=1) - down == 0)  # a fall's own step is still rewarded
            success[motion.name] = float(task.success(now).mean())
        return KnownStates(
            {motion.name: motion.words for motion in SCREENED},
            screened_pairs(self._playback, success),
            {name: np.stack([one[name] for one in signals]) for name in SIGNALS},
            np.stack(lasting),
        )

    def _snapshot(self, motion: KnownMotion, agents: int, steps: int) -> Snapshot:
        played = self._playback
        qpos, qvel, phase = played.enact(motion, agents, steps)
        up = played.columns.base.start + 2
        qpos[..., up] -= _SINK
        qvel[..., played.columns.base_rates.start + 2] = np.gradient(qpos[..., up], played.dt, axis=1)
        clock = phase[:, :1] + np.arange(steps) * played.dt / played.constants.stride_period
        torques = self._torques(motion, qpos, qvel)
        actions = self._actions(qpos, qvel, torques, clock)
        before = np.concatenate([actions[:, :1], actions[:, :-1]], axis=1)
        return played.snapshot(
            qpos,
            qvel,
            torques=_rows(torques),
            actions=_rows(actions),
            last_actions=_rows(before),
            phase=_rows(clock[..., None])[:, 0],
        )

    def _torques(self, motion: KnownMotion, qpos: np.ndarray, qvel: np.ndarray) -> np.ndarray:
        """Return the drives' torques (A, T, D) within their limits, N m; none without power."""
        played = self._playback
        limits = played.constants.torque_limits.numpy()
        torques = np.stack(
            [self._inverse.torques(q, v, played.dt) for q, v in zip(qpos, qvel, strict=True)]
        ).clip(-limits, limits)
        if motion.falls_s is not None:
            torques[:, round(motion.falls_s / played.dt) :] = 0
        return torques

    def _actions(
        self, qpos: np.ndarray, qvel: np.ndarray, torques: np.ndarray, clock: np.ndarray
    ) -> np.ndarray:
        """Return the actions (A, T, D), -1..1, by which the drives exert the torques."""
        played = self._playback
        wanted = torques
        if not self._torque:
            model, columns = played.model, played.columns
            angles, rates = qpos[..., columns.joints_index.numpy()], qvel[..., columns.rates_index.numpy()]
            wanted = angles + (torques - model.actuator_biasprm[:, 2] * rates) / model.actuator_gainprm[:, 0]
        rows, phase = _rows(wanted).double(), _rows(clock[..., None])[:, 0]
        commands = torch.tensor([[played.constants.target_speed, 0.0, 0.0]]).repeat(len(rows), 1)
        # Controls are linear in the actions.
        none, full = (
            self._control.command(torch.full_like(rows, size), phase, commands) for size in (0.0, 1.0)
        )
        return ((rows - none) / (full - none)).clamp(-1.0, 1.0).numpy().reshape(torques.shape)


def screened_pairs(playback: Playback, success: dict[str, float]) -> tuple[Pair, ...]:
    """Return the pairs of known order; success: the task's own, of each motion, per step."""
    faults = [motion.name for motion in SCREENED if place_on(motion, playback.symmetric) > 1]
    demanded: dict[str, Literal["always", "gait", "no"]] = dict.fromkeys(faults, "no")
    demanded |= dict.fromkeys((*STILL, *FALLEN), "always")
    demanded |= dict.fromkeys((n for n in SPEEDS if success[n] < success["honest"]), "always")
    demanded |= dict.fromkeys(GAITS, "gait")
    if not _legs_differ(playback.reference):
        del demanded["hind_swapped"]
    pairs = [Pair("honest", name, how) for name, how in demanded.items()]
    return (*pairs, Pair("standing", "collapsing", "always"))


def _legs_differ(reference: Reference) -> bool:
    """Tell whether it shows if the hind legs are exchanged: not in a bound."""
    motion = np.asarray(reference.cycle, float) - np.mean(reference.cycle, axis=0)
    moved = exchanged_sides(reference, "hind swapped") - reference.cycle
    exchanged = moved.any(axis=(0, 2))
    return bool(np.linalg.norm(moved) > ALIKE * np.linalg.norm(motion[:, exchanged]))


def _rows(values: np.ndarray) -> Tensor:
    """(A, T, D) -> (A T, D)."""
    return torch.tensor(values.reshape(-1, values.shape[-1]), dtype=torch.float32)
