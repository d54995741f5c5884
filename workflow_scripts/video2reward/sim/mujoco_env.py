"""The MuJoCo backend: N agents stepped by `mujoco.batch` on CPU threads, signals derived in torch.

One control step: actions -> drive targets or torques -> substeps -> read the state -> success, termination, reward
-> reset of finished agents -> observation. Derived quantities come from the state through our own kinematics in
torch: MuJoCo's derived fields lag one substep, and recomputing them costs a fifth of the stepping time.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.artifacts.reference import Reference
from video2reward.registry import TASKS
from video2reward.robots.description import torque_driven
from video2reward.robots.model import build_model
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.signals import SIGNALS
from video2reward.sim.base import BatchedEnv, RewardFunction, StepResult, check_state
from video2reward.sim.control import Control, PositionControl, TorqueControl
from video2reward.sim.snapshot import AgentStates, Constants, Snapshot
from video2reward.sim.starts import Starts

# Limits beyond which an agent counts as unstable: m, rad; m/s, rad/s.
MAX_POSITION, MAX_VELOCITY = 1e4, 1e3
# The agents' tensors that persist across steps, as attributes with an underscore; everything else derives from them.
_KEPT = ("actions", "last_actions", "torques", "sensed", "commands", "phase", "age")


class MujocoEnv(BatchedEnv):
    """N agents of one robot; all tensors are float32 on the CPU."""

    device = "cpu"

    def __init__(
        self,
        robot: Robot,
        mjcf: Path,
        task: Task,
        reference: Reference,
        reward: RewardFunction | None,
        num_envs: int,
        seed: int,
        threads: int = 1,
    ) -> None:
        """Compile the robot and reset all agents; without a `reward` the reward is zero.

        A reward with an attribute `needed` (names of signals) gets only those signals, others get all.
        """
        torque = task.actions == "torque"
        self.robot = robot = torque_driven(robot) if torque else robot
        self.num_envs = num_envs
        self.num_actions = len(robot.joints)
        self.dt = task.control_dt
        self.model = build_model(robot, mjcf, task.substeps, dt=self.dt, torque=torque)
        self._substeps = task.substeps
        self._task = TASKS.load(task.name)(robot, task, reference.speed)
        self.observation_names = self._task.observation_names
        self.num_observations = len(self.observation_names)
        self.episode_steps = max(1, round(task.episode_s / self.dt))
        self._reward = reward
        self._constants = Constants(robot, self.model, reference, self.dt)
        self._starts = Starts(task, self._constants)
        self._generator = torch.Generator().manual_seed(seed)
        from mujoco.batch import Batch  # after build_model, which imports mujoco even without OpenGL

        self._batch = Batch(self.model, num_envs, nthread=threads)
        self._control = self._bind(torque)
        self.action_meaning = self._control.meaning
        agents, joints = num_envs, self.num_actions
        self._actions = torch.zeros(agents, joints)
        self._last_actions = torch.zeros(agents, joints)
        self._torques = torch.zeros(agents, joints)
        self._sensed = torch.zeros(agents, self._control.sensed)
        self._commands = torch.zeros(agents, 3)
        self._fixed_commands: Tensor | None = None
        self._phase = torch.zeros(agents)
        self._age = torch.zeros(agents, dtype=torch.long)
        self._now: Snapshot | None = None
        self.reset()

    def reset(self) -> Tensor:
        """Reset all agents -> observation (N, O)."""
        self._reset_rows(torch.arange(self.num_envs))
        return self._task.observe(self._snapshot())

    def spread_episodes(self) -> None:
        """Draw each agent's episode age uniformly from the whole episode."""
        self._age = torch.randint(0, self.episode_steps, (self.num_envs,), generator=self._generator)

    def step(self, actions: Tensor) -> StepResult:
        """Advance one control step; finished agents are reset and observed after the reset."""
        self._last_actions, self._actions = self._actions, actions.detach().clamp(-1.0, 1.0).float()
        unstable = self._simulate()
        now = self._snapshot()
        success = self._task.success(now)
        terminated = self._task.terminated(now) | unstable
        truncated = (self._age >= self.episode_steps) & ~terminated
        reward, components = self._rewarded(now)
        if bool(unstable.any()):
            reward = torch.where(unstable, 0.0, reward)
        observation = self._task.observe(now)
        ended = (terminated | truncated).nonzero().flatten()
        if self.auto_reset and len(ended):
            self._reset_rows(ended)
            observation[ended] = self._task.observe(self._read(ended))
        return StepResult(observation, reward, terminated, truncated, success, components)

    def signals(self, names: Collection[str] | None = None) -> dict[str, Tensor]:
        """Return the catalogue's signals of the current state, all or only `names`."""
        now = self._snapshot()
        return {name: now[name] for name in (SIGNALS if names is None else names)}

    def set_commands(self, commands: Tensor) -> None:
        """Fix the commands (N, 3), also across resets."""
        self._fixed_commands = commands.float().expand(self.num_envs, 3).clone()
        self._commands = self._fixed_commands
        self._now = None

    def keypoints_world(self) -> Tensor:
        """(N, J, 3) the robot's keypoints in the world, m, in the reference's order."""
        return self._snapshot().keypoints_world

    def qpos(self) -> Tensor:
        """(N, nq) base position m, base quaternion w x y z, joints rad, in the MJCF's order."""
        return torch.from_numpy(self._qpos.copy())

    def state(self) -> dict[str, Tensor]:
        """Return copies of MuJoCo's integration state (solver warm starts included) and the agents' tensors."""
        state = {name: getattr(self, f"_{name}").clone() for name in _KEPT}
        state["physics"] = torch.from_numpy(self._batch.state.copy())
        state["generator"] = self._generator.get_state()
        state["commands_fixed"] = torch.tensor(self._fixed_commands is not None)
        return state

    def restore(self, state: dict[str, Tensor]) -> None:
        """Restore a `state()` of an identically built environment."""
        check_state(state, self.state())
        for name in _KEPT:
            setattr(self, f"_{name}", state[name].to(self.device, copy=True))
        self._batch.state[:] = state["physics"].numpy()
        self._generator.set_state(state["generator"])
        self._fixed_commands = self._commands if bool(state["commands_fixed"]) else None
        self._now = None

    def close(self) -> None:
        """Release the simulations and their threads."""
        self._now = None
        del self._batch, self._qpos, self._qvel, self._ctrl, self._force, self._control

    def _bind(self, torque: bool) -> Control:
        """Bind live views of the simulations' states; joints in order are a slice, others are indices."""
        self._qpos = self._batch.bind("qpos")
        self._qvel = self._batch.bind("qvel")
        self._ctrl = self._batch.bind("ctrl")
        self._force = self._batch.bind("actuator_force")
        joints = [self.model.joint(name) for name in self.robot.joints]
        self._q = _compact([int(joint.qposadr[0]) for joint in joints])
        self._v = _compact([int(joint.dofadr[0]) for joint in joints])
        root = self.model.body(self.robot.base).jntadr[0]
        start, speed = int(self.model.jnt_qposadr[root]), int(self.model.jnt_dofadr[root])
        self._base_q, self._base_v = slice(start, start + 7), slice(speed, speed + 6)
        limits = [joint.range if self.model.jnt_limited[joint.id] else (-np.inf, np.inf) for joint in joints]
        low, high = torch.tensor(np.array(limits), dtype=torch.float32).T.unbind()
        if torque:
            return TorqueControl(self.robot, self._constants, (low, high), self._batch, self._v)
        return PositionControl(self.robot, self._constants, (low, high))

    def _simulate(self) -> Tensor:
        """Run the substeps -> (N,) bool: agents that became unstable, already reset."""
        from mujoco.batch import SimulationError

        self._now = None
        self._ctrl[:] = self._control.command(self._actions)
        failed = np.zeros(self.num_envs, bool)
        try:
            self._batch.step(nstep=self._substeps)
        except SimulationError as error:
            failed[error.ids] = True
        self._age = self._age + 1
        self._phase = torch.remainder(self._phase + self.dt / self._constants.stride_period, 1.0)
        self._torques = torch.from_numpy(self._force.astype(np.float32))
        if self._control.sensed:
            self._sensed = self._control.sense()
        fine = (np.abs(self._qpos).max(1) < MAX_POSITION) & (np.abs(self._qvel).max(1) < MAX_VELOCITY)
        unstable = torch.from_numpy(failed | ~fine)  # NaN compares false
        if bool(unstable.any()):
            self._reset_rows(unstable.nonzero().flatten())
        return unstable

    def _rewarded(self, now: Snapshot) -> tuple[Tensor, dict[str, Tensor]]:
        if self._reward is None:
            return torch.zeros(self.num_envs), {}
        names = getattr(self._reward, "needed", SIGNALS)
        return self._reward({name: now[name] for name in names})

    def _snapshot(self) -> Snapshot:
        if self._now is None:
            self._now = self._read(slice(None))
        return self._now

    def _read(self, rows: Tensor | slice) -> Snapshot:
        """Copy some agents' state into torch."""
        index = rows if isinstance(rows, slice) else rows.numpy()
        qpos, qvel = self._qpos[index], self._qvel[index]
        base, motion = _tensor(qpos[:, self._base_q]), _tensor(qvel[:, self._base_v])
        return Snapshot(
            self._constants,
            AgentStates(
                position=base[:, :3],
                quaternion=base[:, 3:],
                velocity=motion[:, :3],
                spin=motion[:, 3:],
                joint_pos=_tensor(qpos[:, self._q]),
                joint_vel=_tensor(qvel[:, self._v]),
                torques=self._torques[rows],
                actions=self._actions[rows],
                last_actions=self._last_actions[rows],
                commands=self._commands[rows],
                phase=self._phase[rows],
                sensed=self._sensed[rows],
            ),
        )

    def _reset_rows(self, rows: Tensor) -> None:
        """Start new episodes like the published tasks: joints around the default pose, nearly at rest."""
        from mujoco import mjtStage

        count, index, generator = len(rows), rows.numpy(), self._generator
        shape = (count, self.num_actions)
        angles = self._control.start(2 * torch.rand(shape, generator=generator) - 1)
        speeds = 0.2 * torch.rand(shape, generator=generator) - 0.1
        self._batch.reset(index, stage=mjtStage.mjSTAGE_NONE)
        self._qpos[index, self._base_q] = (0, 0, self.robot.spawn_height, 1, 0, 0, 0)
        self._qpos[_cells(index, self._q)] = angles.numpy()
        self._qvel[_cells(index, self._v)] = speeds.numpy()
        # New tensors instead of in-place writes: the old ones may still be in use as signals.
        self._phase = self._phase.index_copy(0, rows, torch.rand(count, generator=generator))
        if self.training_starts and not self._starts.at_rest:
            self._set_going(index, self._phase[rows])
        commands = self._task.sample_commands(count, generator)
        if self._fixed_commands is not None:
            commands = self._fixed_commands[rows]
        self._commands = self._commands.index_copy(0, rows, commands)
        self._actions = self._actions.index_fill(0, rows, 0.0)
        self._last_actions = self._last_actions.index_fill(0, rows, 0.0)
        self._torques = self._torques.index_fill(0, rows, 0.0)
        if self._control.sensed:
            self._sensed = self._sensed.index_fill(0, rows, 0.0)
        self._age = self._age.index_fill(0, rows, 0)
        self._now = None

    def _set_going(self, index: np.ndarray, phase: Tensor) -> None:
        """Set agents that were reset at rest in motion, as the task asks for in training."""
        start = self._starts.draw(phase, self._generator)
        posed = index[start.posed]
        self._qpos[_cells(posed, self._q)] = start.joints
        self._qvel[_cells(posed, self._v)] = start.rates
        self._qpos[posed, self._base_q.start + 2] = start.height
        self._qvel[index, self._base_v.start] = start.speed


def _tensor(values: Any) -> Tensor:
    return torch.from_numpy(values.astype(np.float32))


def _compact(columns: list[int]) -> slice | np.ndarray:
    """Return adjacent columns as a slice, which needs no gather."""
    if columns == list(range(columns[0], columns[0] + len(columns))):
        return slice(columns[0], columns[0] + len(columns))
    return np.array(columns)


def _cells(rows: np.ndarray, columns: slice | np.ndarray) -> Any:
    return (rows, columns) if isinstance(columns, slice) else np.ix_(rows, columns)
