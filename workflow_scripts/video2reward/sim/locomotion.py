"""The environment: N agents of one robot at one task, on any physics; signals are derived in torch.

One control step: actions -> drive targets or torques -> substeps -> read the state -> success, termination, reward
-> reset of finished agents -> observation. Derived quantities come from the state through our own kinematics in
torch: a simulator's derived fields may lag one substep, and recomputing them costs a fifth of the stepping time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from video2reward.artifacts.reference import Reference
from video2reward.registry import SIMULATORS, TASKS
from video2reward.robots.description import torque_driven
from video2reward.robots.model import build_model
from video2reward.robots.symmetry import symmetry
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.settings.training import Training
from video2reward.signals import SIGNALS
from video2reward.sim.base import BatchedEnv, Mirror, RewardFunction, StepResult, check_state
from video2reward.sim.columns import Columns, copied
from video2reward.sim.control import CONTROLS
from video2reward.sim.mirror import ALIKE, asymmetry, signed_order
from video2reward.sim.physics import MakePhysics, Physics, Plant, stable
from video2reward.sim.robustness.disturbances import Disturbances
from video2reward.sim.robustness.table import Range, listed, ranges
from video2reward.sim.sensing import Sensing
from video2reward.sim.slices import Slices
from video2reward.sim.snapshot import AgentStates, Constants, Snapshot
from video2reward.sim.starts import Starts

# The agents' tensors that persist across steps, as attributes with an underscore; everything else derives from them.
_KEPT = ("actions", "last_actions", "torques", "sensed", "commands", "phase", "age")


def make_env(
    simulator: Training | str,
    robot: Robot,
    mjcf: Path,
    task: Task,
    reference: Reference,
    reward: RewardFunction | None,
    num_envs: int,
    seed: int | Sequence[int],
    threads: int = 1,
) -> LocomotionEnv:
    """N agents of one robot; all tensors are float32 on the CPU."""
    training = Training(simulator=simulator) if isinstance(simulator, str) else simulator
    physics: type[Physics] = SIMULATORS.load(training.simulator)
    return LocomotionEnv(physics.of(training), robot, mjcf, task, reference, reward, num_envs, seed, threads)


class LocomotionEnv(BatchedEnv):
    """N agents of one robot; every tensor that it gives is float32 on the physics' device."""

    def __init__(
        self,
        physics: MakePhysics,
        robot: Robot,
        mjcf: Path,
        task: Task,
        reference: Reference,
        reward: RewardFunction | None,
        num_envs: int,
        seed: int | Sequence[int],
        threads: int = 1,
    ) -> None:
        """Compile the robot and reset all agents; without a `reward` the reward is zero.

        seed: of the starts and commands; several: one for each of as many equal slices of the agents, so that a slice's
        random numbers do not depend on the others
        A reward with an attribute `needed` (names of signals) gets only those signals, others get all.
        """
        torque = task.actions == "torque"
        self.robot = robot = torque_driven(robot) if torque else robot
        self.num_envs, self.num_actions = num_envs, len(robot.joints)
        self.dt = task.control_dt
        self.model = build_model(robot, mjcf, task.substeps, False, self.dt, torque, *task.ground)
        self.physics = physics(Plant(self.model, robot, mjcf, torque, task.substeps), num_envs, threads)
        self.device = self.physics.device
        self._slices = Slices(seed, num_envs, self.device)
        with torch.device(self.device):
            self._prepare(robot, task, reference)
        self._reward = reward
        self.reset()

    def _prepare(self, robot: Robot, task: Task, reference: Reference) -> None:
        """Make what the steps need; its tensors lie on the device that is in force."""
        self._substeps = task.substeps
        self._task = TASKS.load(task.name)(robot, task, reference.speed)
        self.episode_steps = max(1, round(task.episode_s / self.dt))
        self._constants = Constants(robot, self.model, reference, self.dt)
        self.standing_height = self._constants.standing_height if self._constants.single else None
        self._starts = Starts(task, self._constants)
        self._columns = Columns(self.model, robot)
        self._asymmetry = asymmetry(reference)
        self._control = CONTROLS[task.actions](robot, self._constants, self._columns.limits)
        self.action_meaning = self._control.meaning
        agents, joints = self.num_envs, self.num_actions
        self._rest = torch.tensor(self.model.qpos0)
        self._actions = torch.zeros(agents, joints)
        self._last_actions = torch.zeros(agents, joints)
        self._torques = torch.zeros(agents, joints)
        self._sensed = torch.zeros(agents, self._control.sensed)
        self._commands = torch.zeros(agents, 3)
        self._fixed_commands: Tensor | None = None
        self._history = task.history if task.observation == "deployable" else None
        self.robustness = listed(task.robustness, task.control_dt, task.actions == "torque")
        self.disturb(ranges(task.robustness), always=False)
        self._phase = torch.zeros(agents)
        self._age = torch.zeros(agents, dtype=torch.long)
        self._now: Snapshot | None = None

    def disturb(self, spans: Mapping[str, Range], always: bool = True) -> None:
        """From the next reset on, draw these quantities of `sim.robustness.table` and no others; always: not in training alone."""
        with torch.device(self.device):
            agents, slices, observation = self.num_envs, self._slices, self._task.observation
            own = Disturbances(spans, self.physics, self._columns, slices, agents, self.dt, always)
            self._sensing = Sensing(observation, self._history, own, slices, agents)
        self._disturbances, self.observation_names = own, self._sensing.names
        self.num_observations = len(self.observation_names)
        self.num_privileged = self._sensing.num_privileged

    def mirror(self) -> Mirror | None:
        """How observations and actions are mirrored; None for a gait that is not alike on both sides."""
        sides = symmetry(self.robot, self.model)
        if self._asymmetry > ALIKE:
            return None
        seen, *privileged = self._sensing.mirrored(sides)
        images = (seen, (sides.joints, sides.signs), *privileged)
        return Mirror(*(signed_order(image, self.device) for image in images))

    def privileged(self) -> Tensor:
        """(N, P) the task's own observation, and what the agents' episodes have drawn."""
        return self._sensing.privileged(self._task.observe(self._snapshot()))

    def reset(self) -> Tensor:
        """Reset all agents -> observation (N, O)."""
        self._reset_rows(torch.arange(self.num_envs, device=self.device))
        return self._sensing.see(self._task.observe(self._snapshot()))

    def spread_episodes(self) -> None:
        """Draw each agent's episode age uniformly from the whole episode."""
        self._age = self._slices.draw(
            lambda count, generator: torch.randint(
                0, self.episode_steps, (count,), generator=generator, device=self.device
            )
        )

    def step(self, actions: Tensor) -> StepResult:
        """Advance one control step; finished agents are reset and observed after the reset."""
        self._last_actions, self._actions = self._actions, actions.detach().clamp(-1.0, 1.0).float()
        unstable = self._simulate()
        now = self._snapshot()
        success = self._task.success(now)
        terminated = self._task.terminated(now) | unstable
        truncated = (self._age >= self.episode_steps) & ~terminated
        reward, components = self._rewarded(now)
        reward = torch.where(unstable, 0.0, reward)
        observation = self._sensing.see(self._task.observe(now))
        if self.auto_reset:
            ended = (terminated | truncated).nonzero().flatten()
            if len(ended):
                self._reset_rows(ended)
                observation[ended] = self._sensing.see(self._task.observe(self._read(ended)), ended)
        return StepResult(observation, reward, terminated, truncated, success, components)

    def signals(self, names: Collection[str] | None = None) -> dict[str, Tensor]:
        """Return the catalogue's signals of the current state, all or only `names`."""
        now = self._snapshot()
        return {name: now[name] for name in (SIGNALS if names is None else names)}

    def set_commands(self, commands: Tensor) -> None:
        """Fix the commands (N, 3), also across resets."""
        self._fixed_commands = commands.float().to(self.device).expand(self.num_envs, 3).clone()
        self._commands = self._fixed_commands
        self._now = None

    def keypoints_world(self) -> Tensor:
        """(N, J, 3) the robot's keypoints in the world, m, in the reference's order."""
        return self._snapshot().keypoints_world

    def qpos(self) -> Tensor:
        """(N, nq) base position m, base quaternion w x y z, joints rad, in the MJCF's order."""
        return self.physics.qpos.clone()

    def state(self) -> dict[str, Tensor]:
        """Return copies of the physics' state and the agents' tensors."""
        state = {name: getattr(self, f"_{name}").clone() for name in _KEPT}
        state["physics"] = self.physics.state()
        state["generator"] = self._slices.state()
        state |= self._disturbances.state() | self._sensing.state()
        state["commands_fixed"] = torch.tensor(self._fixed_commands is not None)
        return state

    def restore(self, state: dict[str, Tensor]) -> None:
        """Restore a `state()` of an identically built environment."""
        check_state(state, self.state())
        for name in _KEPT:
            setattr(self, f"_{name}", state[name].to(self.device, copy=True))
        self.physics.restore(state["physics"])
        self._slices.restore(state["generator"])
        self._disturbances.restore(state)
        self._sensing.restore(state)
        self._fixed_commands = self._commands if bool(state["commands_fixed"]) else None
        self._now = None

    def close(self) -> None:
        """Release what the physics holds."""
        self._now = None
        self.physics.close()

    def _simulate(self) -> Tensor:
        """Run the substeps -> (N,) bool: agents that became unstable, already reset."""
        self._now = None
        physics = self.physics
        self._disturbances.push()
        acted = self._disturbances.acted(self._actions)
        controls = self._control.command(acted, self._phase, self._commands)
        if self._control.targets:
            controls = self._disturbances.aimed(controls)
        failed = physics.step(controls, self._substeps)
        self._age = self._age + 1
        self._phase = torch.remainder(self._phase + self.dt / self._constants.stride_period, 1.0)
        self._torques = copied(physics.drive_forces)
        if self._control.sensed:
            forces = physics.joint_forces[:, self._columns.rates]
            self._sensed = torch.cat([forces, physics.sensors], dim=1).float()
        unstable = failed | ~stable(physics)
        rows = unstable.nonzero().flatten()
        if len(rows):
            self._reset_rows(rows)
        return unstable

    def _rewarded(self, now: Snapshot) -> tuple[Tensor, dict[str, Tensor]]:
        if self._reward is None:
            return torch.zeros(self.num_envs, device=self.device), {}
        return self._reward({name: now[name] for name in getattr(self._reward, "needed", SIGNALS)})

    def _snapshot(self) -> Snapshot:
        if self._now is None:
            self._now = self._read(slice(None))
        return self._now

    def _read(self, rows: Tensor | slice) -> Snapshot:
        """Copy some agents' state into torch."""
        return Snapshot(
            self._constants,
            AgentStates(
                **self._columns.motion(self.physics.qpos[rows], self.physics.qvel[rows]),
                torques=self._torques[rows],
                actions=self._actions[rows],
                last_actions=self._last_actions[rows],
                commands=self._commands[rows],
                phase=self._phase[rows],
                sensed=self._sensed[rows],
            ),
        )

    def _reset_rows(self, rows: Tensor) -> None:
        for generator, part in self._slices.of(rows):
            self._start(part, generator)

    def _start(self, rows: Tensor, generator: torch.Generator) -> None:
        """Start new episodes like the published tasks: joints around the default pose, nearly at rest."""
        count, columns = len(rows), self._columns
        self._disturbances.start(rows, generator, self.training_starts)
        self._sensing.begin(rows)
        angles = self._control.start(2 * _rand(generator, count, self.num_actions) - 1)
        speeds = 0.2 * _rand(generator, count, self.num_actions) - 0.1
        qpos = self._rest.repeat(count, 1)
        qvel = qpos.new_zeros(count, self.model.nv)
        qpos[:, columns.base] = qpos.new_tensor([0, 0, self.robot.spawn_height, 1, 0, 0, 0])
        qpos[:, columns.joints] = angles.to(qpos.dtype)
        qvel[:, columns.rates] = speeds.to(qpos.dtype)
        # New tensors, not writes in place: the old ones may still be someone's signals.
        drawn = _rand(generator, count)
        self._phase = self._phase.index_copy(0, rows, self._starts.phase(drawn))
        if self.training_starts and not self._starts.at_rest:
            start = self._starts.draw(drawn, generator)
            start.put(qpos, qvel, columns)
            self._phase = self._phase.index_copy(0, rows[start.posed], drawn[start.posed])
        self._starts.place(qpos[:, columns.base], generator)
        self.physics.write(rows, qpos, qvel)
        commands = self._task.sample_commands(count, generator)
        if self._fixed_commands is not None:
            commands = self._fixed_commands[rows]
        self._commands = self._commands.index_copy(0, rows, commands)
        for name in ("actions", "last_actions", "torques", "sensed", "age"):
            setattr(self, f"_{name}", getattr(self, f"_{name}").index_fill(0, rows, 0))
        self._now = None


def _rand(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.rand(shape, generator=generator, device=generator.device)
