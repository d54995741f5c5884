"""Where in its stride a body is, and which moment of the robot belongs to each moment of the video."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.similarity.gait import body_view

# Of the cycle's own: a robot whose swing is smaller has no rhythm to follow.
_LEAST_AMPLITUDE = 0.25
# Strides per stride's time of the reference; beyond these the "strides" found are noise.
_TEMPO = (0.5, 2.0)


@dataclass(frozen=True)
class Pairing:
    """Which moment of the robot is shown with each picture of the video.

    video, robot: (N,) s from each one's first picture
    in_phase: whether the robot is at the video's phase; if not, the tempo alone is matched
    faster: robot seconds that pass per second of the video: how much faster the film shows it than it walks
    jumps: number of times the robot's recording had ended and is taken up strides earlier
    """

    video: np.ndarray
    robot: np.ndarray
    in_phase: bool
    faster: float
    jumps: int = 0


@dataclass(frozen=True)
class Rhythm:
    """phase: (T,) strides, never falling; amplitude: of the swing, the cycle's being 1."""

    phase: np.ndarray
    amplitude: float


def rhythm(body: np.ndarray, cycle: np.ndarray, stride: int) -> Rhythm:
    """Return how a movement goes through a cycle, whatever its tempo.

    body: (T, J, 2); cycle: (P, J, 2), uniform in phase; stride: samples of `body` a stride. At each time the joints' places are fitted by the
    cycle's fundamental, the part that comes once a stride: all joints together have one angle there. The
    cycle's own angles tell which phase an angle means. Averaged over a stride, because how a movement differs
    from the cycle within a stride is to be seen, not to be evened out. Joints never seen (NaN) are left out.
    """
    from scipy.signal import savgol_filter

    seen = np.isfinite(body).all(axis=(0, 2)) & np.isfinite(cycle).all(axis=(0, 2))
    moved, known = _turned(body[:, seen], cycle[:, seen]), _turned(cycle[:, seen], cycle[:, seen])
    angles, own = (np.unwrap(np.angle(turned)) / (2 * np.pi) for turned in (moved, known))
    table = np.maximum.accumulate(np.append(own, own[0] + 1))
    whole = np.floor(angles - own[0])
    phase = whole + np.interp(angles - whole, table, np.linspace(0, 1, len(table)))
    window = min(stride, len(phase)) // 2 * 2 - 1
    if window >= 3:
        phase = savgol_filter(phase, window, polyorder=1)  # a running mean, a line at the ends
    return Rhythm(np.maximum.accumulate(phase), float(np.median(np.abs(moved))))


def _turned(body: np.ndarray, cycle: np.ndarray) -> np.ndarray:
    """Return (T,) complex: size and angle of the cycle's fundamental in a movement (T, J, 2)."""
    turn = np.exp(-2j * np.pi * np.arange(len(cycle)) / len(cycle))
    wave = 2 / len(cycle) * np.tensordot(turn, cycle, axes=1).ravel()
    flat = body.reshape(len(body), -1)
    axes = np.stack([wave.real, -wave.imag], axis=1)
    fitted = np.linalg.lstsq(axes, (flat - flat.mean(axis=0)).T, rcond=None)[0]
    turned: np.ndarray = fitted[0] + 1j * fitted[1]
    return turned


def video_phase(motion: Motion) -> np.ndarray:
    """Return the video's phase at each of its pictures, (T,) strides; whole at the first limb's touchdown."""
    return rhythm(motion.body, motion.cycle, round(motion.period_s * motion.fps)).phase


def pair(motion: Motion, reference: Reference, rollout: Rollout, agent: int, filmed_s: float) -> Pairing:
    """Find for every picture of the video the robot's moment at the same phase of the stride.

    agent: the one that is filmed, for `filmed_s` seconds from the start of the rollout. Its first stride, in
    which it gets going, and what comes after a fall are not used if enough is left.
    """
    times = motion.times - motion.times[0]
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


def _in_phase(times: np.ndarray, video: np.ndarray, moments: np.ndarray, robot: np.ndarray) -> Pairing:
    """Follow the video's phase from the first stride of the robot on; at its end go back whole strides."""
    start = video[0] + np.ceil(robot[0] - video[0])  # the first moment at the video's first phase
    wanted = start + video - video[0]
    room = np.floor(robot[-1] - start)  # whole strides that the robot can be followed for
    beyond = np.maximum(0, np.ceil(wanted - robot[-1]))
    laps = np.ceil(beyond / max(1.0, room)) * max(1.0, room)
    # Flat parts of the phase would make the inverse ambiguous.
    rising = robot + 1e-9 * np.arange(len(robot))
    shown = np.interp(wanted - laps, rising, moments)
    steady = np.diff(laps) == 0
    passed = float(np.diff(shown)[steady].sum()), float(np.diff(times)[steady].sum())
    return Pairing(times, shown, True, passed[0] / passed[1], int((~steady).sum()))


def _by_tempo(times: np.ndarray, filmed_s: float, time_scale: float) -> Pairing:
    """Let the robot's time run `time_scale` times as fast as the video's, from the start again at its end."""
    robot = times * time_scale
    laps = np.floor(robot / max(filmed_s, 1e-9))
    return Pairing(times, robot - laps * filmed_s, False, time_scale, int(np.ptp(laps)))
