"""The Anymal task's own success as the reward (Eureka, Ma et al. 2023): minus the squared velocity errors."""

import torch
from torch import Tensor


def compute_reward(
    base_lin_vel: Tensor, base_ang_vel: Tensor, commands: Tensor
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the total (N,) and its two terms."""
    linear = -torch.sum(torch.square(commands[:, :2] - base_lin_vel[:, :2]), dim=1)
    yaw = -torch.square(commands[:, 2] - base_ang_vel[:, 2])
    return linear + yaw, {"linear_velocity": linear, "yaw_rate": yaw}
