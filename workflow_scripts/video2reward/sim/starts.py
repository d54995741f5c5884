"""Training episodes that start in motion: mid-stride in the clip's gait, or moving forward if there is no clip.

An agent that starts at rest must learn to get going before it can learn to run; one that starts in motion sees the
goal from the first episode on. Evaluation starts at rest, so some training episodes must too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from video2reward.robots.terrain import CELL, START
from video2reward.settings.task import Task
from video2reward.sim.columns import Columns
from video2reward.sim.snapshot import Constants

# Weights of the fit that pull joints towards the default pose and a smooth motion, (body lengths / rad)^2; keypoints
# do not determine a leg's rotation about its own axis.
_HOLD, _SMOOTH = 0.01, 0.05
_STEPS, _RATE = 400, 0.03
_CLEARANCE = 0.005
# A neutral, standing reference differs from its mean only by rounding, body lengths.
_STILL = 1e-5
# Phases at which a single motion's agents start at rest, in the last third of the clock's period, which is rest.
_REST = (0.7, 0.9)


@dataclass(frozen=True)
class Poses:
    """The robot along the reference's stride, P phases: joints (P, D) rad, rates (P, D) rad/s, height (P,) m.

    speed: (P, 2) of the base, m/s, forward and up
    """

    joints: Tensor
    rates: Tensor
    height: Tensor
    speed: Tensor


@dataclass(frozen=True)
class Start:
    """How agents start in motion.

    speed: (N, 2) m/s, forward and up; posed: (K,) rows among them that start in a pose of the reference
    joints, rates: (K, D) rad, rad/s; height: (K,) base height, m
    """

    speed: Tensor
    posed: Tensor
    joints: Tensor
    rates: Tensor
    height: Tensor

    def put(self, qpos: Tensor, qvel: Tensor, columns: Columns) -> None:
        """Write them into states (N, nq), (N, nv) at rest."""
        qpos[self.posed[:, None], columns.joints_index] = self.joints
        qvel[self.posed[:, None], columns.rates_index] = self.rates
        qpos[self.posed, columns.base.start + 2] = self.height
        forward = columns.base_rates.start
        qvel[:, [forward, forward + 2]] = self.speed


class Starts:
    """Draws starts in motion; the poses are fitted once, on first use."""

    def __init__(self, task: Task, constants: Constants) -> None:
        """Prepare for a task; `at_rest`: the task has no starts in motion with this reference."""
        self._constants = constants
        self._poses: Poses | None = None
        moves = float(constants.cycle.abs().max()) > _STILL
        self._posed = task.reference_starts if moves else 0.0
        self._speed = 0.0 if moves else task.start_speed * constants.target_speed
        self.at_rest = self._posed == 0 and self._speed == 0

    def phase(self, drawn: Tensor) -> Tensor:
        """Return the clock's phases (N,) of agents that start at rest, from uniform numbers 0..1.

        A single motion is begun from its rest, with a moment to stand; a gait at any phase.
        """
        return drawn if self._constants.single is None else _REST[0] + (_REST[1] - _REST[0]) * drawn

    def place(self, base: Tensor, generator: torch.Generator) -> None:
        """On a terrain, move agents' bases (N, 7) to drawn places, up by the highest ground under the standing robot."""
        ground, constants = self._constants.ground, self._constants
        if ground is None:
            return
        at = 2 * torch.rand(len(base), 2, generator=generator, device=generator.device) - 1
        x, y = at[:, 0] * START / 2, at[:, 1] * START
        around = torch.linspace(-1, 1, 7, device=at.device) * (constants.footprint + CELL)
        under = ground.height(x[:, None, None] + around[:, None], y[:, None, None] + around)
        base[:, :3] += torch.stack([x, y, under.amax((1, 2))], dim=1)

    def draw(self, phase: Tensor, generator: torch.Generator) -> Start:
        """Draw starts for agents at clock phases (N,)."""
        drawn = torch.rand(len(phase), generator=generator, device=phase.device).double()
        if self._poses is None:
            self._poses = fit_poses(self._constants)
        poses, posed = self._poses, (drawn < self._posed).nonzero().flatten()
        at = (phase[posed] * len(poses.height)).long() % len(poses.height)
        speed = torch.stack([self._speed * drawn, torch.zeros_like(drawn)], dim=1)
        speed[posed] = poses.speed[at]
        return Start(speed, posed, poses.joints[at], poses.rates[at], poses.height[at])


@lru_cache(maxsize=1)  # starts and residual actions ask for the same
def fit_poses(constants: Constants) -> Poses:
    """Fit joint angles to the reference's keypoints at each phase, with upright trunk and the lower sole on the ground.

    Least squares on the keypoints' side-view distances, by gradient descent (Adam) through the kinematics.
    """
    target = constants.cycle + constants.cycle_mean
    phases, rest = len(target), constants.default_joint_pos
    lower, upper = constants.joint_limits
    views = rest.new_tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]).repeat(phases, 1, 1)
    points = constants.keypoints
    with torch.enable_grad():
        joints = rest.repeat(phases, 1).requires_grad_(True)
        optimiser = torch.optim.Adam([joints], lr=_RATE)
        for _ in range(_STEPS):
            sites = constants.kinematics.carry(views, joints).coordinates(points.points)
            seen = (points.side_view @ sites.reshape(len(sites), -1)).view(-1, 2, phases).permute(2, 0, 1)
            loss = (seen - target).square().sum()
            loss = loss + _HOLD * (joints - rest).square().sum()
            loss = loss + _SMOOTH * (joints - joints.roll(1, 0)).square().sum()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            with torch.no_grad():
                joints.clamp_(lower, upper)
    angles = joints.detach()
    soles = constants.kinematics.carry(views[:, 1:], angles).coordinates(constants.feet.points)[:, 0]
    height = -(soles - constants.feet.radii).amin(0) + _CLEARANCE
    rates = (angles.roll(-1, 0) - angles.roll(1, 0)) * phases / (2 * constants.stride_period)
    speed = rest.new_tensor([constants.target_speed, 0.0], dtype=torch.float64).repeat(phases, 1)
    if constants.single is not None:
        wanted = constants.single.at(torch.arange(phases, device=rest.device) / phases)
        sites = constants.kinematics.carry(views[:, 1:], angles).coordinates(points.points)[:, 0]
        height = torch.maximum(height, wanted[:, 0] - (points.middle @ sites)[0])
        speed = wanted[:, 1:3]
    return Poses(angles.double(), rates.double(), height.double(), speed.double())
