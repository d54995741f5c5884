"""Which moments are shown: pairs of a clip's frame and a robot's moment at the same phase, evenly spaced over a stride."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.similarity.phase import Pairing, video_phase


@dataclass(frozen=True)
class Moments:
    """The moments of N pairs.

    frames: (N,) numbers of the motion's frames, from 0; robot: (N,) s of the rollout
    phase: (N,) of the clip, from the start of its stride, cycles; in_phase: whether the robot is at that phase too
    around_fall: whether the robot's moments were chosen to show its fall
    """

    frames: np.ndarray
    robot: np.ndarray
    phase: np.ndarray
    in_phase: bool
    around_fall: bool = False


def choose_moments(motion: Motion, pairing: Pairing, count: int) -> Moments:
    """Return `count` moments over one stride in the middle of the clip, or over the whole of a shorter or single motion.

    Where the robot's recording goes back to earlier strides within that stride, the nearest stride without such a jump
    is taken.
    """
    phase = video_phase(motion)
    first, last = float(phase[0]), float(phase[-1])
    starts = np.arange(np.ceil(first), last - 1 + 1e-9)
    if motion.kind == "single" or not len(starts):
        frames = np.rint(np.linspace(0, len(phase) - 1, count)).astype(int)
        return Moments(frames, pairing.robot[frames], phase[frames] - np.floor(first), pairing.in_phase)
    nearest = starts[np.argsort(np.abs(starts + 0.5 - (first + last) / 2), kind="stable")]
    strides = [_frames(phase, start, count) for start in nearest]
    whole = [frames for frames in strides if np.all(np.diff(pairing.robot[frames]) >= 0)]
    frames = (whole or strides)[0]
    return Moments(frames, pairing.robot[frames], np.arange(count) / count, pairing.in_phase)


def show_fall(moments: Moments, fell_s: float, filmed_s: float) -> Moments:
    """Return the moments moved to a fall that the pictures would miss, a third of them before it; unchanged if in phase.

    fell_s: when the robot fell, filmed_s: length of its film, both s from the start of the rollout
    """
    if moments.in_phase or fell_s >= filmed_s:
        return moments
    steps = np.diff(moments.robot)
    step = float(np.median(steps[steps > 0])) if np.any(steps > 0) else 0.0
    count = len(moments.robot)
    first = np.clip(fell_s - step * (count // 3), 0, max(0.0, filmed_s - step * (count - 1)))
    return replace(moments, robot=np.minimum(first + step * np.arange(count), filmed_s), around_fall=True)


def _frames(phase: np.ndarray, start: float, count: int) -> np.ndarray:
    """Return the frames nearest to `count` equal steps of the stride that begins at phase `start`."""
    wanted = start + np.arange(count) / count
    frames: np.ndarray = np.abs(phase[None] - wanted[:, None]).argmin(axis=1)
    return frames
