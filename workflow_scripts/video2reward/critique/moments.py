"""Which moments are shown: pairs of a clip's frame and a robot's moment at the same phase, evenly spaced over a stride."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.similarity.phase import Pairing, video_phase


@dataclass(frozen=True)
class Moments:
    """The moments of N pairs.

    frames: (N,) numbers of the motion's frames, from 0; robot: (N,) s of the rollout
    phase: (N,) of the clip, from the start of its stride, cycles; in_phase: whether the robot is at that phase too
    """

    frames: np.ndarray
    robot: np.ndarray
    phase: np.ndarray
    in_phase: bool


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


def _frames(phase: np.ndarray, start: float, count: int) -> np.ndarray:
    """Return the frames nearest to `count` equal steps of the stride that begins at phase `start`."""
    wanted = start + np.arange(count) / count
    frames: np.ndarray = np.abs(phase[None] - wanted[:, None]).argmin(axis=1)
    return frames
