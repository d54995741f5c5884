"""Smoothness of the feet's paths (Figure 5 of the Video2Reward paper)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.errors import UserError
from video2reward.similarity.gait import body_view

SETTLE_PERIODS = 2
STILL = 0.1
DEFINITION = (
    "Log dimensionless jerk of a foot's path (Balasubramanian et al. 2012; Hogan and Sternad 2009), larger is "
    "smoother: -ln(T^4 mean|jerk|^2 / peak speed^2) over one stride T of the clip, the path in side view about the "
    "middle of the trunk. Neither size nor unit of length counts: one sine swing a stride has -6.66, a circle -7.35, "
    "twice the tempo costs 2.77. Mean over strides (the first two, in which agents get going, left out), agents and "
    f"feet. From the stride on in which an agent falls, and where a foot moves less than {STILL} of the clip's (root "
    "mean square about its mean), the least that the step length allows is charged: -ln(16 (T / dt)^4)."
)


@dataclass(frozen=True)
class Smoothness:
    """Log dimensionless jerk, larger is smoother.

    mean, feet: mean over feet, and by keypoint name; clip_mean, clip_feet: the same for the clip's stride
    least: value assigned to a fallen agent and a foot at rest
    """

    mean: float
    feet: dict[str, float]
    clip_mean: float
    clip_feet: dict[str, float]
    least: float

    def as_dict(self) -> dict[str, Any]:
        """Return the figures with their definition, for JSON."""
        return {"definition": DEFINITION, "unit": "natural logarithm, no unit", **asdict(self)}


def foot_smoothness(rollout: Rollout, reference: Reference) -> Smoothness:
    """Return the smoothness of the feet over all strides of all agents, including fallen ones.

    A rollout shorter than one stride of the clip is a `UserError`.
    """
    length = rollout.qpos.shape[1]
    if length * rollout.dt < reference.period_s or length < 5:
        raise UserError(
            f"a rollout of {length * rollout.dt:.2f} s is shorter than one stride period of "
            f"{reference.period_s:.2f} s; raise evaluation.short_seconds or evaluation.seconds"
        )
    steps = min(max(4, round(reference.period_s / rollout.dt)), length - 1)
    names = reference.foot_names
    rows = [reference.keypoint_names.index(name) for name in names]
    clip = _clip_stride(np.asarray(reference.target, float)[:, rows], steps)
    strides, ends = _strides(body_view(rollout, reference)[:, :, rows], steps)
    up = np.asarray(rollout.fell_at)[:, None] > ends
    moving = _spread(strides) > STILL * _spread(clip)
    found = np.where(up[..., None] & moving, log_dimensionless_jerk(strides), least_smooth(steps))
    feet, own = found.mean(axis=(0, 1)), log_dimensionless_jerk(clip)
    return Smoothness(
        mean=float(feet.mean()),
        feet=dict(zip(names, feet.tolist(), strict=True)),
        clip_mean=float(own.mean()),
        clip_feet=dict(zip(names, own.tolist(), strict=True)),
        least=least_smooth(steps),
    )


def log_dimensionless_jerk(paths: np.ndarray) -> np.ndarray:
    """Return -ln(T^4 mean|jerk|^2 / peak speed^2), (..., J), of paths (..., n + 1, J, 2) of n steps.

    Derivatives are finite differences, so that unit and step length cancel; NaN for a path without motion.
    """
    speed = np.linalg.norm(np.diff(paths, axis=-3), axis=-1).max(axis=-2)
    jerk = (np.diff(paths, 3, axis=-3) ** 2).sum(axis=-1).mean(axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.log((paths.shape[-3] - 1) ** 4 * jerk / speed**2)


def least_smooth(steps: int) -> float:
    """Return the lower bound for a path of `steps` steps: third differences are at most 4 times the largest first."""
    return -float(np.log(16.0 * steps**4))


def _strides(feet: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut (A, T, F, 2) into strides (A, G, steps + 1, F, 2); also returns the last step (G,) of each."""
    count = (feet.shape[1] - 1) // steps
    starts = steps * np.arange(min(SETTLE_PERIODS, count - 1), count)
    return feet[:, starts[:, None] + np.arange(steps + 1)], starts + steps


def _clip_stride(cycle: np.ndarray, steps: int) -> np.ndarray:
    """Resample a closed cycle (P, F, 2) to the robot's steps per stride, (steps + 1, F, 2), by its Fourier series."""
    waves = np.fft.rfft(cycle, axis=0)[: steps // 2 + 1]
    shared = min(len(cycle), steps)
    if (
        shared % 2 == 0 and len(cycle) != steps
    ):  # the fastest wave of the shorter series is both halves of the longer's
        waves[shared // 2] *= 2.0 if steps < len(cycle) else 0.5
    path = np.fft.irfft(waves, steps, axis=0) * (steps / len(cycle))
    return np.concatenate([path, path[:1]])


def _spread(paths: np.ndarray) -> np.ndarray:
    """Return the root mean square distance of paths (..., n, F, 2) from their own means, (..., F)."""
    return np.sqrt(paths.var(axis=-3).sum(axis=-1))
