"""The parts of the template's rewards that ask for a single motion: the trunk's way, flight and lean by the clock."""

from __future__ import annotations

JUMP_TERMS = ["height", "up", "forward", "flight"]


def jump_code() -> str:
    """Return the terms of the trunk's way and of the flight."""
    return """
# Where the trunk should be at this phase, and how fast it should go up and forward, as squared errors.
height = weight_height * torch.exp(-torch.square(trunk_height - wanted_height) / temperature_height)
missed = torch.square(trunk_velocity - wanted_velocity)
up = weight_up * torch.exp(-missed[:, 1] / temperature_up)
forward = weight_forward * torch.exp(-missed[:, 0] / temperature_forward)

# All feet off the ground in flight, which is short and counts double; on it at all other times.
off = 1.0 - torch.mean(foot_contacts, dim=1)
flight = weight_flight * torch.where(wanted_flight > 0.5, 2.0 * off, 1.0 - off)"""


def lean_code() -> str:
    """Return the terms of the trunk's lean, and of a course without turning or drifting."""
    return """
# The lean of this phase, no roll, no turning, no drifting sideways.
tilt = torch.square(projected_gravity[:, 0] - wanted_lean) + torch.square(projected_gravity[:, 1])
upright = weight_upright * torch.exp(-tilt / temperature_upright)
astray = torch.square(base_ang_vel[:, 2]) + torch.square(base_lin_vel[:, 1])
straight = weight_straight * torch.exp(-astray / temperature_straight)"""


def one_speed(target: str) -> str:
    """Return the code of a target without the scale of the commanded speed, which a single motion does not have."""
    return target.replace(
        "scale = torch.clamp(commands[:, 0] / target_speed, 0.0, 1.3)",
        "scale = torch.ones_like(commands[:, 0])",
    )
