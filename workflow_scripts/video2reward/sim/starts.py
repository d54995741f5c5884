"""Training episodes that start in motion: mid-stride in the clip's gait, or moving forward if there is no clip.

An agent that starts at rest must learn to get going before it can learn to run; one that starts in motion sees the
goal from the first episode on. Evaluation starts at rest, so some training episodes must too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from video2reward.settings.task import Task
from video2reward.sim.snapshot import Constants

# Weights of the fit that pull joints towards the default pose and a smooth motion, (body lengths / rad)^2; keypoints
# do not determine a leg's rotation about its own axis.
_HOLD, _SMOOTH = 0.01, 0.05
_STEPS, _RATE = 400, 0.03
_CLEARANCE = 0.005
# A neutral, standing reference differs from its mean only by rounding, body lengths.
_STILL = 1e-5


@dataclass(frozen=True)
class Poses:
    """The robot along the reference's stride, P phases: joints (P, D) rad, rates (P, D) rad/s, height (P,) m."""

    joints: Tensor
    rates: Tensor
    height: Tensor


@dataclass(frozen=True)
class Start:
    """How agents start in motion.

    speed: (N,) forward, m/s; posed: (K,) rows among them that start in a pose of the reference
    joints, rates: (K, D) rad, rad/s; height: (K,) base height, m
    """

    speed: Tensor
    posed: Tensor
    joints: Tensor
    rates: Tensor
    height: Tensor


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

    def draw(self, phase: Tensor, generator: torch.Generator) -> Start:
        """Draw starts for agents at clock phases (N,)."""
        drawn = torch.rand(len(phase), generator=generator, device=phase.device).double()
        if self._poses is None:
            self._poses = fit_poses(self._constants)
        poses, posed = self._poses, (drawn < self._posed).nonzero().flatten()
        at = (phase[posed] * len(poses.height)).long() % len(poses.height)
        speed = torch.where(drawn < self._posed, self._constants.target_speed, self._speed * drawn)
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
    return Poses(angles.double(), rates.double(), height.double())
