"""The single task's own success as the reward (Eureka, Ma et al. 2023): height, speed and flight while the motion flies."""

import torch
from torch import Tensor


def compute_reward(
    trunk_height: Tensor,
    trunk_velocity: Tensor,
    standing_height: float,
    wanted_height: Tensor,
    wanted_velocity: Tensor,
    wanted_flight: Tensor,
    foot_heights: Tensor,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the total (N,) and its three terms."""
    asked = wanted_height - standing_height
    reached = torch.clamp((trunk_height - standing_height) / torch.clamp(asked, min=0.02), 0.0, 1.0)
    height = wanted_flight * torch.where(asked < 0.02, torch.ones_like(reached), reached) / 3.0
    speed = wanted_velocity[:, 0]
    gone = torch.clamp(trunk_velocity[:, 0] / torch.clamp(speed, min=0.02), 0.0, 1.0)
    ahead = wanted_flight * torch.where(speed < 0.02, torch.ones_like(gone), gone) / 3.0
    off = wanted_flight * (torch.amin(foot_heights, dim=1) > 0.01).to(torch.float32) / 3.0
    return height + ahead + off, {"height": height, "ahead": ahead, "off_ground": off}
