"""A hand-written reward of a single motion, by this project; nobody seems to have published one with the phase as input.

Per step: kernels exp(-squared error / temperature) of the trunk's height (m^2), its speed ahead and up ((m/s)^2) and its
lean against what the motion asks for at this phase; all feet off the ground in flight and on it otherwise; the course kept,
without turning; small penalties on jerky actions and on torques. Every term times dt, the total clipped at zero.
"""

import torch
from torch import Tensor


def compute_reward(
    trunk_height: Tensor,
    trunk_velocity: Tensor,
    wanted_height: Tensor,
    wanted_velocity: Tensor,
    wanted_flight: Tensor,
    wanted_lean: Tensor,
    foot_contacts: Tensor,
    projected_gravity: Tensor,
    base_lin_vel: Tensor,
    base_ang_vel: Tensor,
    joint_pos: Tensor,
    default_joint_pos: Tensor,
    actions: Tensor,
    last_actions: Tensor,
    torques: Tensor,
    dt: float,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the total (N,) and its nine terms."""
    height = 3.0 * torch.exp(-torch.square(trunk_height - wanted_height) / 0.02)
    up = 1.5 * torch.exp(-torch.square(trunk_velocity[:, 1] - wanted_velocity[:, 1]) / 0.5)
    forward = 2.0 * torch.exp(-torch.square(trunk_velocity[:, 0] - wanted_velocity[:, 0]) / 0.5)
    off = 1.0 - torch.mean(foot_contacts, dim=1)
    flight = 2.0 * torch.where(wanted_flight > 0.5, 2.0 * off, 1.0 - off)
    lean = torch.square(projected_gravity[:, 0] - wanted_lean) + torch.square(projected_gravity[:, 1])
    upright = 0.5 * torch.exp(-lean / 0.05)
    straight = 0.5 * torch.exp(-(torch.square(base_ang_vel[:, 2]) + torch.square(base_lin_vel[:, 1])) / 0.25)
    stance = 0.5 * torch.exp(-torch.mean(torch.square(joint_pos - default_joint_pos), dim=1) / 0.1)
    smooth = -0.01 * torch.sum(torch.square(actions - last_actions), dim=1)
    torque = -2.5e-5 * torch.sum(torch.square(torques), dim=1)
    total = torch.clamp(
        height + up + forward + flight + upright + straight + stance + smooth + torque, min=0.0
    )
    return total * dt, {
        "height": height * dt,
        "up": up * dt,
        "forward": forward * dt,
        "flight": flight * dt,
        "upright": upright * dt,
        "straight": straight * dt,
        "stance": stance * dt,
        "smooth": smooth * dt,
        "torque": torque * dt,
    }
