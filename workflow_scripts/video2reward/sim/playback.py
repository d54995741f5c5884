"""Known motions on the robot, played back without a policy: joints fitted to the clip's stride; falls are simulated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.geometry import quaternion_yaw, sample_cycle
from video2reward.registry import TASKS
from video2reward.robots.model import build_model
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.sim.columns import Columns
from video2reward.sim.known_motions import KnownMotion, place_on
from video2reward.sim.mirror import ALIKE, asymmetry, other_side
from video2reward.sim.snapshot import AgentStates, Constants, Snapshot
from video2reward.sim.starts import Poses, fit_poses
from video2reward.skeletons import skeleton

_SHAKES = 6.0  # /s
_LIMP = 0.05  # of the drives' damping that is left without power: gears turn, but not freely


class Playback:
    """Plays known motions on one robot."""

    def __init__(self, robot: Robot, mjcf: Path, task: Task, reference: Reference) -> None:
        """Compile the robot; reference: the clip's motion on it."""
        self._robot, self.reference = robot, reference
        self.model = build_model(robot, mjcf, task.substeps, dt=task.control_dt)
        self.dt, self._substeps = task.control_dt, task.substeps
        self.constants = Constants(robot, self.model, reference, self.dt)
        self.columns = Columns(self.model, robot)
        self.task = TASKS.load(task.name)(robot, task, reference.speed)
        self.symmetric = asymmetry(reference) <= ALIKE
        self._fitted: dict[str, Poses] = {}

    def record(self, motion: KnownMotion, agents: int, seconds: float) -> Rollout:
        """Return agents that move so, each from its own phase; `info` has name, words and place of the motion."""
        steps = round(seconds / self.dt)
        qpos, qvel, phase = self.enact(motion, agents, steps)
        now = self.snapshot(qpos, qvel)
        down = self.task.terminated(now).numpy().reshape(agents, steps)
        velocity = torch.cat([now["base_lin_vel"][:, :2], now["base_ang_vel"][:, 2:]], dim=1)
        return Rollout(
            qpos=qpos,
            keypoints=now.keypoints_world.numpy().reshape(agents, steps, -1, 3),
            heading=quaternion_yaw(qpos[..., self.columns.base][..., 3:]),
            commands=np.tile([self.reference.speed, 0.0, 0.0], (agents, 1)),
            velocity=velocity.numpy().reshape(agents, steps, 3),
            fell_at=np.where(down.any(axis=1), down.argmax(axis=1), steps),
            dt=self.dt,
            keypoint_names=self.reference.keypoint_names,
            robot=self._robot.name,
            info={
                "status": "ok",
                "motion": motion.name,
                "words": motion.words,
                "place": place_on(motion, self.symmetric),
            },
            phase=phase[:, 0] % 1.0,
        )

    def enact(
        self, motion: KnownMotion, agents: int, steps: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return qpos (A, T, nq), qvel (A, T, nv) and the stride's phases (A, T), cycles."""
        joints, phase = self._joints(motion, agents, steps)
        qpos, qvel = self._states(motion, joints)
        if motion.falls_s is not None:
            for agent in range(agents):
                self._collapse(qpos[agent], qvel[agent], round(motion.falls_s / self.dt))
        return qpos, qvel, phase

    def _joints(self, motion: KnownMotion, agents: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Return joint angles (A, T, D), rad, and phases (A, T), cycles."""
        times = np.arange(steps) * self.dt
        # Spread over the stride, off the grid of start phases that a similarity tries.
        phase = (np.arange(agents)[:, None] + 0.313) / agents + times * motion.tempo / self.reference.period_s
        stride = self._poses(motion.legs).joints.numpy()
        mean = stride.mean(axis=0) if motion.pose == "stride" else self.constants.default_joint_pos.numpy()
        posed = sample_cycle(stride, phase.ravel()).reshape(*phase.shape, -1)
        own = np.arange(len(mean)) / len(mean)  # every joint shakes in its own phase
        shaken = np.sin(2 * np.pi * (_SHAKES * times[None, :, None] + phase[:, :1, None] + 3 * own))
        low, high = self.constants.joint_limits.numpy()
        joints = mean + motion.amplitude * (posed - mean) + motion.shake * shaken
        return np.clip(joints, low, high), phase

    def _poses(self, legs: str) -> Poses:
        """Return the joints of a stride with the given legs' keypoints exchanged; fitted once."""
        if legs not in self._fitted:
            exchanged = replace(self.reference, cycle=exchanged_sides(self.reference, legs))
            self._fitted[legs] = fit_poses(Constants(self._robot, self.model, exchanged, self.dt))
        return self._fitted[legs]

    def _states(self, motion: KnownMotion, joints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return qpos (A, T, nq) and qvel (A, T, nv): the trunk upright, the lowest sole on the ground."""
        agents, steps, _ = joints.shape
        speed, columns = motion.speed * self.reference.speed, self.columns
        qpos = np.tile(self.model.qpos0, (agents, steps, 1))
        qvel = np.zeros((agents, steps, self.model.nv))
        base = columns.base.start
        qpos[..., base : base + 7] = 0, 0, 0, 1, 0, 0, 0
        qpos[..., base] = np.arange(steps) * self.dt * speed
        qpos[..., columns.joints_index.numpy()] = joints
        qvel[..., columns.rates_index.numpy()] = np.gradient(joints, self.dt, axis=1)
        qvel[..., columns.base_rates.start] = speed
        heights = self.snapshot(qpos, qvel).foot_heights.amin(1).numpy().reshape(agents, steps)
        qpos[..., base + 2] = -heights
        return qpos, qvel

    def _collapse(self, qpos: np.ndarray, qvel: np.ndarray, first: int) -> None:
        """Overwrite one agent's states (T, nq), (T, nv) from a step on: it goes on without power in its drives."""
        import mujoco

        limp = self._limp()
        data = mujoco.MjData(limp)
        data.qpos[:], data.qvel[:] = qpos[first], qvel[first]
        for step in range(first + 1, len(qpos)):
            mujoco.mj_step(limp, data, nstep=self._substeps)
            qpos[step], qvel[step] = data.qpos, data.qvel

    def _limp(self) -> Any:
        """Return the model with drives that do not hold."""
        import copy

        limp = copy.copy(self.model)
        limp.actuator_gainprm[:] = 0
        limp.actuator_biasprm[:, :2] = 0
        limp.actuator_biasprm[:, 2] *= _LIMP
        return limp

    def snapshot(self, qpos: np.ndarray, qvel: np.ndarray, **more: Tensor) -> Snapshot:
        """Return the signals of all agents and steps, as so many rows; `more`: of `AgentStates`, else zero."""
        columns = self.columns
        q = torch.tensor(qpos.reshape(-1, qpos.shape[-1]), dtype=torch.float32)
        v = torch.tensor(qvel.reshape(-1, qvel.shape[-1]), dtype=torch.float32)
        base, rates = q[:, columns.base], v[:, columns.base_rates]
        still = torch.zeros(len(q), len(columns.joints_index))
        unmoved = {"torques": still, "actions": still, "last_actions": still, "phase": torch.zeros(len(q))}
        return Snapshot(
            self.constants,
            AgentStates(
                position=base[:, :3],
                quaternion=base[:, 3:],
                velocity=rates[:, :3],
                spin=rates[:, 3:],
                joint_pos=q[:, columns.joints],
                joint_vel=v[:, columns.rates],
                commands=torch.tensor([[self.reference.speed, 0.0, 0.0]]).repeat(len(q), 1),
                **unmoved | more,
            ),
        )


def exchanged_sides(reference: Reference, legs: str) -> np.ndarray:
    """Return the cycle (P, J, 2) with keypoints that move as their partners on the other side, about their own mean places.

    legs: own (none do), mirrored (all do) or "hind swapped" (the hind legs' knees and feet; of people the legs')
    """
    names, cycle = list(reference.keypoint_names), np.asarray(reference.cycle, float)
    hind = {joint for limb in skeleton(reference.skeleton).limbs[-2:] for joint in (limb.knee, limb.foot)}
    moving = {"own": set(), "mirrored": set(names), "hind swapped": hind}[legs]
    mean, moved = cycle.mean(axis=0), cycle.copy()
    for row, name in enumerate(names):
        partner = other_side(name)
        if name in moving and partner in names:
            there = names.index(partner)
            moved[:, row] = mean[row] + cycle[:, there] - mean[there]
    return moved
