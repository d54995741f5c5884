"""The robot's velocity at the video's speed: forward, sideways, turning, and the share of sway in its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.rollout import Rollout

# Start left out, s, as in the evaluation.
_SETTLE_S = 1.0


@dataclass(frozen=True)
class Walk:
    """Means over the agents that stayed up; NaN without any.

    velocity, command: vx, vy m/s, yaw rate rad/s; sway: fraction of the squared velocity error that averages out
        over one reference period
    """

    velocity: tuple[float, float, float]
    command: tuple[float, float, float]
    sway: float


def walk(rollout: Rollout, period_s: float) -> Walk:
    """Return the velocity of the agents that stayed up, without their start; period_s: reference period, s."""
    from scipy.ndimage import uniform_filter1d

    kept = np.asarray(rollout.velocity, float)[~rollout.fell]
    command = np.asarray(rollout.commands, float).mean(axis=0)
    if not len(kept):
        nothing = float("nan")
        return Walk((nothing,) * 3, _triple(command), nothing)
    settle = min(round(_SETTLE_S / rollout.dt), kept.shape[1] // 2)
    error = kept - np.asarray(rollout.commands, float)[~rollout.fell][:, None]
    width = max(1, min(round(period_s / rollout.dt), error.shape[1]))
    smooth = uniform_filter1d(error, width, axis=1, mode="nearest")
    whole, slow = (float((e[:, settle:, :2] ** 2).sum(axis=-1).mean()) for e in (error, smooth))
    sway = max(0.0, 1 - slow / whole) if whole else float("nan")
    return Walk(_triple(kept[:, settle:].mean(axis=(0, 1))), _triple(command), sway)


def walk_text(found: Walk) -> str:
    """Return the sentence on the velocity; "" if no agent stayed up."""
    if not np.isfinite(found.velocity[0]):
        return ""
    ahead, aside, turn = found.velocity
    text = f"At the video's speed the robot goes {ahead:.2f} m/s ahead where {found.command[0]:.2f} m/s are commanded"
    for verb, value, unit in (("drifts", aside, "m/s"), ("turns", turn, "rad/s")):
        if abs(value) >= 0.005:
            text += f", {verb} {abs(value):.2f} {unit} to its {'left' if value > 0 else 'right'}"
    if np.isfinite(found.sway):
        text += f"; {100 * found.sway:.0f} % of its squared velocity error is sway that averages out over a stride"
    return f"{text}."


def _triple(values: np.ndarray) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
