"""The published hand-written reward of the Humanoid task (IsaacGymEnvs 1.5.1, Humanoid.yaml and humanoid.py).

Per step: speed along the course (m/s), 2 for being up, 0.1 for an upright and up to 0.5 for a well headed torso;
minus 0.01 of the squared actions, 0.05 of |action x 0.1 joint velocity| and 0.25 for each joint at its limit, the
last two by the drives' strength. Fallen (base below robot.yaml's fall_height, published 0.8 m): -1 instead. The total
times 0.01, as the published training scales it; the terms are unscaled.
"""

import torch
from torch import Tensor


def compute_reward(
    base_lin_vel: Tensor,
    base_height: Tensor,
    fall_height: float,
    projected_gravity: Tensor,
    course: Tensor,
    joint_pos: Tensor,
    joint_vel: Tensor,
    joint_limits: Tensor,
    torque_limits: Tensor,
    actions: Tensor,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the total (N,) and its seven terms."""
    progress = torch.sum(base_lin_vel * course, dim=1)
    alive = torch.full_like(progress, 2.0)
    upright = torch.where(projected_gravity[:, 2] < -0.93, 0.1, 0.0)
    heading = torch.where(course[:, 0] > 0.8, 0.5, 0.5 * course[:, 0] / 0.8)
    strength = torque_limits / torch.max(torque_limits)
    action = -0.01 * torch.sum(torch.square(actions), dim=1)
    energy = -0.05 * torch.sum(torch.abs(actions * 0.1 * joint_vel) * strength, dim=1)
    middle = 0.5 * (joint_limits[0] + joint_limits[1])
    place = torch.abs(joint_pos - middle) / (0.5 * (joint_limits[1] - joint_limits[0]))
    beyond = torch.clamp(place - 0.98, min=0.0) / 0.02
    limit = -0.25 * torch.sum(beyond * strength, dim=1)
    total = progress + alive + upright + heading + action + energy + limit
    total = torch.where(base_height < fall_height, -1.0, total)
    return 0.01 * total, {
        "progress": progress,
        "alive": alive,
        "upright": upright,
        "heading": heading,
        "action": action,
        "energy": energy,
        "joint_limit": limit,
    }
