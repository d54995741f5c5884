"""Where single keypoints differ from the motion in the robot's reach: how far, how high, how late."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.similarity.gait import PERIODS, GaitSimilarity, body_view

# Autocorrelation below which feet are not said to move periodically.
PERIODIC = 0.5
# Joints that move less than this part of the video's are said to stand: what they do in time is trembling.
_STANDING = 0.3
# A first harmonic below this, body lengths, has no timing worth the name.
_STILL = 0.01
# Agents' lags that agree less than this (length of their mean direction) are no common lag.
_AGREE = 0.5
# The stride keeps the clock's time if its period is that near, as a part of the clock's.
_IN_TIME = 0.02


@dataclass(frozen=True)
class JointError:
    """One keypoint over a stride, about the trunk's middle; [x forward, y up], body lengths.

    amplitude: half of peak to peak, of the robot, of the video and of the motion in the robot's reach
    offset: mean of the robot minus that of the motion in reach
    lag: cycles after its time in reach, against the timing that half of the scored keypoints are before and half
        after; NaN without one
    """

    amplitude: tuple[float, float]
    video: tuple[float, float]
    reach: tuple[float, float]
    offset: tuple[float, float]
    lag: float


@dataclass(frozen=True)
class JointErrors:
    """The agents that stayed up against the video (`reference.target`) and what a policy can follow of it (`cycle`).

    joints: scored keypoint -> error; agents: how many were looked at
    clock_lag: cycles that the stride as a whole runs behind the clock; NaN where it does not keep the clock's time
    """

    joints: dict[str, JointError]
    agents: int
    clock_lag: float

    @property
    def sizes(self) -> dict[str, float]:
        """Scored keypoint -> its movement in a stride over the video's, both axes together."""
        return {
            n: float(np.hypot(*e.amplitude) / max(np.hypot(*e.video), 1e-9)) for n, e in self.joints.items()
        }

    @property
    def size(self) -> float:
        """The mean of `sizes`, NaN without joints."""
        return float(np.mean(list(self.sizes.values()))) if self.joints else float("nan")

    @property
    def stand(self) -> bool:
        """Whether the agents stand, or tremble where they are, rather than go."""
        return self.size < _STANDING


def joint_errors(rollout: Rollout, reference: Reference, gait: GaitSimilarity) -> JointErrors:
    """Compare scored keypoints with the reference's, in windows of two strides of the robot's own period.

    The agents' start, two reference periods, is left out. Amplitudes are medians over windows and agents, lags
    come from first harmonics. Without an agent that stayed up there are no joints.
    """
    survivors = np.flatnonzero(~rollout.fell)
    rhythm = bool(np.isfinite(gait.period_s) and gait.period_strength >= PERIODIC)
    period = gait.period_s if rhythm else reference.period_s
    samples = min(max(4, round(PERIODS * period / rollout.dt)), rollout.qpos.shape[1])
    if not len(survivors):
        return JointErrors({}, 0, float("nan"))
    scored = [reference.keypoint_names.index(name) for name in reference.scored]
    windows, starts = _windows(
        body_view(rollout, reference)[survivors][:, :, scored], samples, reference, rollout.dt
    )
    cycle = reference.cycle[:, scored]
    stride = samples // PERIODS
    amplitude = np.median(np.ptp(windows[:, :, :stride], axis=2) / 2, axis=(0, 1))
    video, reach = (np.ptp(motion, axis=0) / 2 for motion in (reference.target[:, scored], cycle))
    offset = windows.mean(axis=(0, 1, 2)) - cycle.mean(axis=0)
    nan = float("nan")
    errors = {
        name: JointError(_pair(amplitude[j]), _pair(video[j]), _pair(reach[j]), _pair(offset[j]), nan)
        for j, name in enumerate(reference.scored)
    }
    found = JointErrors(errors, len(survivors), nan)
    if not rhythm or found.stand:
        return found
    lags, common = _lags(windows, cycle, period, rollout.dt)
    middle = float(np.nanmedian(lags)) if np.isfinite(lags).any() else 0.0
    clock = _clock_lag(common, starts, rollout, survivors, reference, gait.period_ratio)
    timed = zip(found.joints.items(), _wrapped(lags - middle), strict=True)
    joints = {name: replace(error, lag=float(lag)) for (name, error), lag in timed}
    return replace(found, joints=joints, clock_lag=_wrapped(middle + clock))


def _windows(
    body: np.ndarray, samples: int, reference: Reference, dt: float
) -> tuple[np.ndarray, np.ndarray]:
    """Cut (A, T, J, 2) into windows (A, W, samples, J, 2) -> them and the steps (W,) at which they begin."""
    steps = body.shape[1]
    start = max(0, min(round(PERIODS * reference.period_s / dt), steps - samples))
    count = (steps - start) // samples
    cut = body[:, start : start + count * samples]
    return cut.reshape(len(body), count, samples, *body.shape[2:]), start + samples * np.arange(count)


def _lags(
    windows: np.ndarray, cycle: np.ndarray, period_s: float, dt: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return each joint's lag (J,), cycles, and the common direction (A, W) that it is measured against.

    The common direction weighs joints by their movement, so that one that is late shifts all: the median will tell.
    A harmonic of the robot times the conjugate one of the reference turns by -2 pi a cycle of lag.
    """
    turn = np.exp(-2j * np.pi * np.arange(windows.shape[2]) * dt / period_s)
    own = 2 * np.einsum("awtjd,t->awjd", windows - windows.mean(axis=2, keepdims=True), turn) / len(turn)
    clip = 2 * np.fft.rfft(cycle, axis=0)[1] / len(cycle)
    product = (own * clip.conj()).sum(axis=-1)
    common = product.sum(axis=-1)
    common = common / np.maximum(np.abs(common), 1e-12)
    against = product * common.conj()[..., None]
    mean, size = against.sum(axis=(0, 1)), np.abs(against).sum(axis=(0, 1))
    moving = np.minimum(np.abs(clip), np.abs(own).mean(axis=(0, 1))).max(axis=-1) > _STILL
    told = moving & (np.abs(mean) > _AGREE * size)
    return np.where(told, -np.angle(mean) / (2 * np.pi), np.nan), common


def _clock_lag(
    common: np.ndarray,
    starts: np.ndarray,
    rollout: Rollout,
    survivors: np.ndarray,
    reference: Reference,
    period_ratio: float,
) -> float:
    """Return how far the common timing (A, W) runs behind the clock, cycles."""
    if not len(rollout.phase) or abs(period_ratio - 1) > _IN_TIME:
        return float("nan")
    clock = rollout.phase[survivors][:, None] + starts[None] * rollout.dt / reference.period_s
    mean = (common * np.exp(-2j * np.pi * clock)).mean()
    return float(-np.angle(mean) / (2 * np.pi)) if np.abs(mean) > _AGREE else float("nan")


def _wrapped(cycles: Any) -> Any:
    """Return cycles in -0.5..0.5."""
    return (cycles + 0.5) % 1.0 - 0.5


def _pair(values: np.ndarray) -> tuple[float, float]:
    return float(values[0]), float(values[1])
