"""Stride phase of a body, and pairing of robot and video by phase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.similarity.gait import body_view

# Minimum amplitude relative to the cycle's for a robot to have a rhythm.
_LEAST_AMPLITUDE = 0.25
# Plausible range of tempo relative to the reference; anything else is noise.
_TEMPO = (0.5, 2.0)


@dataclass(frozen=True)
class Pairing:
    """The moment of the robot shown with each picture of the video.

    video, robot: (N,) s from the first picture of each
    in_phase: whether the robot is at the video's phase; if not, only the tempo is matched
    faster: playback speed of the robot, robot seconds per video second
    jumps: number of times the robot's recording ends and continues from earlier strides
    """

    video: np.ndarray
    robot: np.ndarray
    in_phase: bool
    faster: float
    jumps: int = 0


@dataclass(frozen=True)
class Rhythm:
    """phase: (T,) strides, non-decreasing; amplitude: relative to the cycle's."""

    phase: np.ndarray
    amplitude: float


def rhythm(body: np.ndarray, cycle: np.ndarray, stride: int) -> Rhythm:
    """Return a motion's phase in a cycle, independent of its tempo.

    body: (T, J, 2); cycle: (P, J, 2), uniform in phase; stride: samples of `body` per stride

    At each time, the joints are fitted by the cycle's first harmonic, which gives one angle for all joints; the
    cycle's own angles map it to a phase. The phase is averaged over a stride, so that differences from the cycle
    within a stride stay visible. Joints never seen (NaN) are left out.
    """
    seen = np.isfinite(body).all(axis=(0, 2)) & np.isfinite(cycle).all(axis=(0, 2))
    moved, known = _turned(body[:, seen], cycle[:, seen]), _turned(cycle[:, seen], cycle[:, seen])
    angles, own = (np.unwrap(np.angle(turned)) / (2 * np.pi) for turned in (moved, known))
    table = np.maximum.accumulate(np.append(own, own[0] + 1))
    whole = np.floor(angles - own[0])
    phase = whole + np.interp(angles - whole, table, np.linspace(0, 1, len(table)))
    window = min(stride, len(phase)) // 2 * 2 - 1
    if window >= 3:
        phase = _running_mean(phase, window)
    return Rhythm(np.maximum.accumulate(phase), float(np.median(np.abs(moved))))


def _running_mean(values: np.ndarray, window: int) -> np.ndarray:
    """Return the means of (T,) over an odd window; the ends follow the lines fitted to the first and last window."""
    windows = np.lib.stride_tricks.sliding_window_view(values, window)
    means, half = windows.mean(axis=1), window // 2
    steps = np.arange(-half, half + 1)
    slopes = windows[[0, -1]] @ steps / (steps @ steps)
    return np.concatenate(
        [means[0] + slopes[0] * steps[:half], means, means[-1] + slopes[1] * steps[half + 1 :]]
    )


def _turned(body: np.ndarray, cycle: np.ndarray) -> np.ndarray:
    """Return the cycle's first harmonic in a motion (T, J, 2), complex (T,): amplitude and angle."""
    turn = np.exp(-2j * np.pi * np.arange(len(cycle)) / len(cycle))
    wave = 2 / len(cycle) * np.tensordot(turn, cycle, axes=1).ravel()
    flat = body.reshape(len(body), -1)
    axes = np.stack([wave.real, -wave.imag], axis=1)
    fitted = np.linalg.lstsq(axes, (flat - flat.mean(axis=0)).T, rcond=None)[0]
    turned: np.ndarray = fitted[0] + 1j * fitted[1]
    return turned


def video_phase(motion: Motion) -> np.ndarray:
    """Return the video's phase in each frame, (T,) strides; an integer at the first limb's touchdown.

    A single motion's is 0 until it begins.
    """
    if motion.kind == "single":
        return motion.phase
    return rhythm(motion.body, motion.cycle, round(motion.period_s * motion.fps)).phase


def pair(motion: Motion, reference: Reference, rollout: Rollout, agent: int, filmed_s: float) -> Pairing:
    """Pair every picture of the video with the robot's moment at the same stride phase.

    agent: the recorded one, for `filmed_s` seconds from the start of the rollout. Its first stride, while it
    accelerates, and everything after a fall are not used if enough is left.
    """
    times = motion.times - motion.times[0]
    if motion.kind == "single" and len(rollout.phase):
        return _by_clock(motion, reference, rollout, agent, filmed_s)
    video = video_phase(motion)
    last = int(min(round(filmed_s / rollout.dt), rollout.fell_at[agent]))
    walked = body_view(rollout, reference)[agent, :last]
    first = round(reference.period_s / rollout.dt)
    if len(walked) - first >= 2 * first:
        robot = rhythm(walked[first:], reference.cycle, first)
        tempo = (robot.phase[-1] - robot.phase[0]) / (
            (len(robot.phase) - 1) * rollout.dt / reference.period_s
        )
        if robot.amplitude >= _LEAST_AMPLITUDE and _TEMPO[0] <= tempo <= _TEMPO[1]:
            moments = (first + np.arange(len(robot.phase))) * rollout.dt
            return _in_phase(times, video, moments, robot.phase)
    return _by_tempo(times, filmed_s, reference.time_scale)


def _by_clock(motion: Motion, reference: Reference, rollout: Rollout, agent: int, filmed_s: float) -> Pairing:
    """Show the robot's first whole motion by the clock with the video's, and what is before and after it in the video's time."""
    begins = (np.ceil(rollout.phase[agent]) - rollout.phase[agent]) * reference.period_s
    began = motion.times[int(np.flatnonzero(motion.phase > 0)[0]) - 1]
    robot = begins + (motion.times - began) * reference.time_scale
    return Pairing(motion.times - motion.times[0], np.clip(robot, 0.0, filmed_s), True, reference.time_scale)


def _in_phase(times: np.ndarray, video: np.ndarray, moments: np.ndarray, robot: np.ndarray) -> Pairing:
    """Follow the video's phase from the robot's first stride on; at the recording's end, go back whole strides."""
    start = video[0] + np.ceil(robot[0] - video[0])  # the first moment at the video's first phase
    wanted = start + video - video[0]
    room = np.floor(robot[-1] - start)  # whole strides in the robot's recording
    beyond = np.maximum(0, np.ceil(wanted - robot[-1]))
    laps = np.ceil(beyond / max(1.0, room)) * max(1.0, room)
    # Flat parts of the phase would make the inverse ambiguous.
    rising = robot + 1e-9 * np.arange(len(robot))
    shown = np.interp(wanted - laps, rising, moments)
    steady = np.diff(laps) == 0
    passed = float(np.diff(shown)[steady].sum()), float(np.diff(times)[steady].sum())
    return Pairing(times, shown, True, passed[0] / passed[1], int((~steady).sum()))


def _by_tempo(times: np.ndarray, filmed_s: float, time_scale: float) -> Pairing:
    """Play the robot at `time_scale` times the video's time, restarting at its end."""
    robot = times * time_scale
    laps = np.floor(robot / max(filmed_s, 1e-9))
    return Pairing(times, robot - laps * filmed_s, False, time_scale, int(np.ptp(laps)))
