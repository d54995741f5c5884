"""Plain phase-locked tracking of the clip's motion in the robot's reach, the imitation baseline; for any robot and task.

The products of DeepMimic (Peng et al. 2018) and its heirs, as a sum of kernels exp(-e / temperature): keypoints and
their velocities against the reference at the clock's phase, the root's commanded velocity, an upright trunk. Widths
and weights are those with which such rewards learn here in minutes: a kernel has a slope where a gait of the wrong
rhythm is, 0.25 of the velocities as the published Anymal reward has it, and wider where the clip is fast.
Weighted alike are all keypoints; those at the trunk cost nothing. No feedback shifts anything.
"""

import torch
from torch import Tensor


def compute_reward(
    base_lin_vel: Tensor,
    base_ang_vel: Tensor,
    projected_gravity: Tensor,
    commands: Tensor,
    keypoints: Tensor,
    keypoint_velocities: Tensor,
    reference_keypoints: Tensor,
    reference_velocities: Tensor,
    actions: Tensor,
    last_actions: Tensor,
    torques: Tensor,
    dt: float,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the total (N,) and its seven terms."""
    pose_error = torch.sum(torch.square(keypoints - reference_keypoints), dim=(1, 2))
    rate_error = torch.sum(torch.square(keypoint_velocities - reference_velocities), dim=(1, 2))
    pose = 4.0 * torch.exp(-pose_error / 0.4)
    rate = 2.0 * torch.exp(-rate_error / 40.0)
    linear_error = torch.sum(torch.square(commands[:, :2] - base_lin_vel[:, :2]), dim=1)
    yaw_error = torch.square(commands[:, 2] - base_ang_vel[:, 2])
    linear = 1.5 * torch.exp(-linear_error / 0.25)
    yaw = 0.5 * torch.exp(-yaw_error / 0.25)
    tilt = torch.sum(torch.square(projected_gravity[:, :2]), dim=1)
    upright = 0.2 * torch.exp(-tilt / 0.05)
    smooth = -0.01 * torch.sum(torch.square(actions - last_actions), dim=1)
    torque = -2.5e-5 * torch.sum(torch.square(torques), dim=1)
    total = torch.clamp(pose + rate + linear + yaw + upright + smooth + torque, min=0.0)
    return total * dt, {
        "pose": pose * dt,
        "rate": rate * dt,
        "linear_velocity": linear * dt,
        "yaw_rate": yaw * dt,
        "upright": upright * dt,
        "smooth": smooth * dt,
        "torque": torque * dt,
    }
