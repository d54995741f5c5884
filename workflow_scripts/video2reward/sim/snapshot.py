"""The state of all agents at one moment, from which the catalogue's signals are computed on demand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.artifacts.reference import Reference
from video2reward.robots.model import CONTROL_DT
from video2reward.robots.terrain import Ground, has_field
from video2reward.settings.robot import Robot
from video2reward.signals import SIGNALS
from video2reward.sim import shapes
from video2reward.sim.contacts import ContactSignals
from video2reward.sim.kinematics import Carried, Kinematics
from video2reward.sim.single_motion import SingleMotion, SingleSignals

FOR_TASKS = (
    "forbidden_contact", "position", "world_axes", "heading", "flight_share", "joint_forces", "force_sensors",
)  # fmt: skip
"""Signals beyond the catalogue, only for tasks; the last two only under torque control."""
STRIDE_LIMIT = 1.3
"""The reference stride scales with the commanded speed up to this multiple of the clip's speed."""


class Constants:
    """What stays constant while a robot moves: its kinematic tree, shapes, default pose and reference."""

    def __init__(self, robot: Robot, model: Any, reference: Reference, dt: float = CONTROL_DT) -> None:
        """Read the compiled `model` (robots.build_model) of `robot`; `dt`: control step, s."""
        self.dt = dt
        self.ground = Ground(model) if has_field(model) else None
        self.kinematics = Kinematics(model, robot.base, robot.joints)
        self.feet = shapes.feet(robot, model, self.kinematics)
        self.forbidden = shapes.solid_parts(robot, model, self.kinematics, robot.terminate_on_contact)
        self.counted = shapes.solid_parts(robot, model, self.kinematics, robot.collision_bodies)
        self.keypoints = shapes.keypoints(robot, model, self.kinematics, reference)
        self.default_joint_pos = torch.tensor([robot.default_pose[j] for j in robot.joints])
        limited = np.array([bool(model.joint(j).limited[0]) for j in robot.joints])
        ranges = np.array([model.joint(j).range for j in robot.joints])
        limits = np.where(limited[:, None], ranges, (-2 * np.pi, 2 * np.pi))
        self.joint_limits = torch.tensor(limits.T.copy(), dtype=torch.float32)
        drives = np.array([model.actuator(j).forcerange[1] for j in robot.joints])
        self.torque_limits = torch.tensor(np.where(drives > 0, drives, np.inf), dtype=torch.float32)
        self.fall_height = robot.fall_height or 0.0
        self.target_speed = float(reference.speed)
        self.stride_period = float(reference.period_s)
        self.scales_with_speed = reference.kind == "cyclic"
        self.body_length = float(reference.body_length_m)
        cycle = np.asarray(reference.cycle, float)
        slope = (np.roll(cycle, -1, 0) - np.roll(cycle, 1, 0)) * len(cycle) / (2 * reference.period_s)
        mean = cycle.mean(0)
        self.cycle_mean = torch.tensor(mean, dtype=torch.float32)
        self.cycle = torch.tensor(cycle - mean, dtype=torch.float32)
        self.cycle_rate = torch.tensor(slope, dtype=torch.float32)
        self.standing_height, self.footprint = self._standing()
        self.single = SingleMotion(reference, self.standing_height) if reference.kind == "single" else None

    def _standing(self) -> tuple[float, float]:
        """Return the trunk's height above the lowest sole in the default pose, and how far from the base feet reach, m."""
        carried = self.kinematics.carry(torch.eye(3)[None], self.default_joint_pos[None])
        feet = carried.coordinates(self.feet.points)
        middle = self.keypoints.middle @ carried.coordinates(self.keypoints.points)[:, 2]
        height = middle - (feet[:, 2] - self.feet.radii).amin()
        return float(height), float(feet[:, :2].abs().amax())

    def stride(self, commands: Tensor) -> Tensor:
        """Return (N,) the scale of the reference's deviations: commanded speed over the clip's, 1 for a single motion."""
        if not self.scales_with_speed:
            return torch.ones_like(commands[:, 0])
        return (commands[:, 0] / max(self.target_speed, 1e-6)).clamp(0.0, STRIDE_LIMIT)


@dataclass
class AgentStates:
    """The state of N agents, in torch.

    position (N, 3) m, quaternion (N, 4) w x y z, velocity (N, 3) m/s of the base, world;
    spin (N, 3) rad/s of the base, base frame; joint_pos, joint_vel, torques (N, D)
    actions, last_actions (N, D); commands (N, 3); phase (N,) cycles
    sensed: (N, D + 6 S) under torque control: forces of the joints, then of S sensors, N and N m
    """

    position: Tensor
    quaternion: Tensor
    velocity: Tensor
    spin: Tensor
    joint_pos: Tensor
    joint_vel: Tensor
    torques: Tensor
    actions: Tensor
    last_actions: Tensor
    commands: Tensor
    phase: Tensor
    sensed: Tensor | None = None


class Snapshot(ContactSignals, SingleSignals, Mapping[str, Any]):
    """The catalogue's signals at one moment, by name, and those that only tasks may read (`FOR_TASKS`).

    Properties have the catalogue's names; signals.py gives their shapes, units and frames.
    """

    def __init__(self, constants: Constants, motion: AgentStates) -> None:
        """Derive signals from `motion` on demand."""
        self._constants = constants
        self._motion = motion
        self.base_ang_vel = motion.spin
        self.position = motion.position
        self.commands = motion.commands
        self.joint_pos = motion.joint_pos
        self.default_joint_pos = constants.default_joint_pos
        self.joint_vel = motion.joint_vel
        self.torques = motion.torques
        self.actions, self.last_actions = motion.actions, motion.last_actions
        self.joint_limits, self.torque_limits = constants.joint_limits, constants.torque_limits
        self.fall_height = constants.fall_height
        self.target_speed = constants.target_speed
        self.standing_height = constants.standing_height
        self.stride_period = constants.stride_period
        self.body_length = constants.body_length
        self.dt = constants.dt

    def __getitem__(self, name: str) -> Any:
        """Return one signal."""
        if name not in SIGNALS and name not in FOR_TASKS:
            raise KeyError(name)
        return getattr(self, name)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the catalogue's names."""
        return iter(SIGNALS)

    def __len__(self) -> int:
        """Return the catalogue's length."""
        return len(SIGNALS)

    # --- the base

    @cached_property
    def world_axes(self) -> Tensor:
        """(N, 3, 3): row i is the world's axis i in the base frame."""
        w, x, y, z = self._motion.quaternion.unbind(1)
        rows = (
            1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
            2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
            2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
        )  # fmt: skip
        return torch.stack(rows, dim=1).view(-1, 3, 3)

    @cached_property
    def base_lin_vel(self) -> Tensor:
        """(N, 3) m/s, base frame."""
        return torch.bmm(self._motion.velocity[:, None], self.world_axes)[:, 0]

    @cached_property
    def projected_gravity(self) -> Tensor:
        """(N, 3) unit vector, base frame."""
        return -self.world_axes[:, 2]

    @cached_property
    def course(self) -> Tensor:
        """(N, 3) the world's x axis, the heading of all agents at the start, base frame."""
        return self.world_axes[:, 0]

    @cached_property
    def heading(self) -> Tensor:
        """(N,) rad, yaw of the base's x axis."""
        return torch.atan2(self.world_axes[:, 1, 0], self.world_axes[:, 0, 0])

    # --- forces

    @property
    def joint_forces(self) -> Tensor:
        """(N, D) N m, of drive, spring and damper."""
        assert self._motion.sensed is not None, "actions are no torques, so that no forces are sensed"
        return self._motion.sensed[:, : self.joint_pos.shape[1]]

    @property
    def force_sensors(self) -> Tensor:
        """(N, 6 S) force N and torque N m of each sensor's body, in its frame."""
        assert self._motion.sensed is not None, "actions are no torques, so that no forces are sensed"
        return self._motion.sensed[:, self.joint_pos.shape[1] :]

    # --- keypoints

    @cached_property
    def _side(self) -> Carried:
        """Forward and up with their rates, for all links; forward is level and rotates with the heading."""
        axes, spin = self.world_axes, self.base_ang_vel
        ahead = axes[:, :2, 0]  # the base's x axis on the ground plane
        square = (ahead * ahead).sum(1, keepdim=True).clamp(min=1e-9)
        forward = (ahead[:, :, None] * axes[:, :2]).sum(1) * square.rsqrt()
        up = axes[:, 2]
        ahead_rate = axes[:, :2, 1] * spin[:, 2:] - axes[:, :2, 2] * spin[:, 1:2]
        turn = (ahead[:, :1] * ahead_rate[:, 1:] - ahead[:, 1:] * ahead_rate[:, :1]) / square
        directions = torch.stack([forward, up], dim=1)
        rates = torch.linalg.cross(directions, spin[:, None].expand_as(directions))
        rates[:, 0] += turn * torch.linalg.cross(up, forward)
        return self._constants.kinematics.carry(directions, self.joint_pos, rates, self.joint_vel)

    def _side_view(self, sites: Tensor) -> Tensor:
        """Sites (S, 2, N) -> keypoints (N, J, 2) relative to the trunk's midpoint, body lengths."""
        matrix = self._constants.keypoints.side_view
        flat = matrix @ sites.reshape(len(sites), -1)
        return flat.view(len(matrix), 2, -1).permute(2, 0, 1).contiguous()

    @cached_property
    def keypoints(self) -> Tensor:
        """(N, J, 2) body lengths, side view."""
        return self._side_view(self._side.coordinates(self._constants.keypoints.points))

    @cached_property
    def keypoint_velocities(self) -> Tensor:
        """(N, J, 2) body lengths/s, side view."""
        return self._side_view(self._side.rates(self._constants.keypoints.points))

    @cached_property
    def keypoints_world(self) -> Tensor:
        """(N, J, 3) m, world."""
        points = self._constants.keypoints
        carried = self._constants.kinematics.carry(self.world_axes, self.joint_pos)
        sites = carried.coordinates(points.points)
        moved = (points.average @ sites.reshape(len(sites), -1)).view(-1, 3, len(self.joint_pos))
        return moved.permute(2, 0, 1) + self._motion.position[:, None]

    # --- the clock and the reference

    @cached_property
    def phase_sin(self) -> Tensor:
        """(N,) sine of the phase clock."""
        return torch.sin(2 * torch.pi * self._motion.phase)

    @cached_property
    def phase_cos(self) -> Tensor:
        """(N,) cosine of the phase clock."""
        return torch.cos(2 * torch.pi * self._motion.phase)

    @cached_property
    def _stride(self) -> Tensor:
        """(N, 1, 1) scale of the reference's deviations."""
        return self._constants.stride(self.commands)[:, None, None]

    def _read_cycle(self, cycle: Tensor) -> Tensor:
        """Interpolate a cycle (P, J, 2), uniform in phase, at the agents' phases -> (N, J, 2)."""
        position = torch.remainder(self._motion.phase, 1.0) * len(cycle)
        before = position.long().clamp(max=len(cycle) - 1)
        weight = (position - before)[:, None, None]
        return torch.lerp(cycle[before], cycle[(before + 1) % len(cycle)], weight)

    @cached_property
    def reference_keypoints(self) -> Tensor:
        """(N, J, 2) body lengths, side view."""
        return self._constants.cycle_mean + self._stride * self._read_cycle(self._constants.cycle)

    @cached_property
    def reference_velocities(self) -> Tensor:
        """(N, J, 2) body lengths/s, side view."""
        return self._stride * self._read_cycle(self._constants.cycle_rate)
