"""Differences of single keypoints from the motion in reach: amplitude, offset and lag."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.similarity.gait import PERIODS, GaitSimilarity, body_view
from video2reward.similarity.jumps import find_jumps, motion_rows

# Minimum autocorrelation of a periodic motion.
PERIODIC = 0.5
# Amplitude relative to the video's below which a robot stands, and timing is meaningless.
_STANDING = 0.3
# Minimum amplitude of a first harmonic for a meaningful phase, body lengths.
_STILL = 0.01
# Minimum length of the agents' mean direction for a common lag.
_AGREE = 0.5
# Largest relative difference of the periods of stride and clock for a meaningful lag.
_IN_TIME = 0.02


@dataclass(frozen=True)
class JointError:
    """One keypoint over a stride, relative to the trunk's centre; [x forward, y up], body lengths.

    amplitude, video, reach: half the peak-to-peak range of the robot, the video and the motion in reach
    offset: mean of the robot minus that of the motion in reach
    lag: delay relative to the motion in reach, cycles, minus the median over scored keypoints; NaN if undefined
    """

    amplitude: tuple[float, float]
    video: tuple[float, float]
    reach: tuple[float, float]
    offset: tuple[float, float]
    lag: float


@dataclass(frozen=True)
class JointErrors:
    """The agents that stayed up, compared with the video (`reference.target`) and the motion in reach (`cycle`).

    joints: scored keypoint -> error; agents: number compared
    clock_lag: delay of the whole stride relative to the clock, cycles; NaN if their periods differ
    """

    joints: dict[str, JointError]
    agents: int
    clock_lag: float

    @property
    def sizes(self) -> dict[str, float]:
        """Scored keypoint -> amplitude relative to the video's, both axes combined."""
        return {
            n: float(np.hypot(*e.amplitude) / max(np.hypot(*e.video), 1e-9)) for n, e in self.joints.items()
        }

    @property
    def size(self) -> float:
        """The mean of `sizes`, NaN without joints."""
        return float(np.mean(list(self.sizes.values()))) if self.joints else float("nan")

    @property
    def stand(self) -> bool:
        """Whether the agents stand or tremble in place."""
        return self.size < _STANDING


def joint_errors(rollout: Rollout, reference: Reference, gait: GaitSimilarity) -> JointErrors:
    """Compare scored keypoints with the reference, in windows of two strides of the robot's own period.

    The first two reference periods are left out. Amplitudes are medians over windows and agents; lags come from
    first harmonics. If all agents fell, there are no joints.
    """
    survivors = np.flatnonzero(~rollout.fell)
    if reference.kind == "single":
        return _single_errors(rollout, reference, survivors)
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


def _single_errors(rollout: Rollout, reference: Reference, survivors: np.ndarray) -> JointErrors:
    """Compare whole single motions by the clock; when the robot flies is said of the trunk, so there are no lags."""
    nan = float("nan")
    if not len(survivors):
        return JointErrors({}, 0, nan)
    scored = [reference.keypoint_names.index(name) for name in reference.scored]
    jumps = find_jumps(rollout, reference)
    rows = motion_rows(jumps.first, jumps.steps, jumps.up.shape[1])[survivors]
    windows = body_view(rollout, reference)[survivors[:, None, None], rows][..., scored, :]
    cycle = reference.cycle[:, scored]
    amplitude = np.median(np.ptp(windows, axis=2) / 2, axis=(0, 1))
    video, reach = (np.ptp(motion, axis=0) / 2 for motion in (reference.target[:, scored], cycle))
    offset = windows.mean(axis=(0, 1, 2)) - cycle.mean(axis=0)
    errors = {
        name: JointError(_pair(amplitude[j]), _pair(video[j]), _pair(reach[j]), _pair(offset[j]), nan)
        for j, name in enumerate(reference.scored)
    }
    return JointErrors(errors, len(survivors), nan)


def _windows(
    body: np.ndarray, samples: int, reference: Reference, dt: float
) -> tuple[np.ndarray, np.ndarray]:
    """Cut (A, T, J, 2) into windows (A, W, samples, J, 2); also returns their first steps (W,)."""
    steps = body.shape[1]
    start = max(0, min(round(PERIODS * reference.period_s / dt), steps - samples))
    count = (steps - start) // samples
    cut = body[:, start : start + count * samples]
    return cut.reshape(len(body), count, samples, *body.shape[2:]), start + samples * np.arange(count)


def _lags(
    windows: np.ndarray, cycle: np.ndarray, period_s: float, dt: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return each joint's lag (J,), cycles, and the common direction (A, W) as its reference.

    The common direction weighs joints by amplitude, so a late joint shifts all lags; the caller subtracts the median.
    The product of the robot's first harmonic and the conjugate of the reference's turns by -2 pi per cycle of lag.
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
    """Return the delay of the common timing (A, W) relative to the clock, cycles."""
    if not len(rollout.phase) or abs(period_ratio - 1) > _IN_TIME:
        return float("nan")
    clock = rollout.phase[survivors][:, None] + starts[None] * rollout.dt / reference.period_s
    mean = (common * np.exp(-2j * np.pi * clock)).mean()
    return float(-np.angle(mean) / (2 * np.pi)) if np.abs(mean) > _AGREE else float("nan")


def _wrapped(cycles: Any) -> Any:
    """Wrap cycles to -0.5..0.5."""
    return (cycles + 0.5) % 1.0 - 0.5


def _pair(values: np.ndarray) -> tuple[float, float]:
    return float(values[0]), float(values[1])
