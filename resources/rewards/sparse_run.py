"""The Humanoid task's own success as the reward (Eureka, Ma et al. 2023): the speed along the course."""

import torch
from torch import Tensor


def compute_reward(base_lin_vel: Tensor, course: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the total (N,) and its only term."""
    progress = torch.sum(base_lin_vel * course, dim=1)
    return progress, {"progress": progress}
