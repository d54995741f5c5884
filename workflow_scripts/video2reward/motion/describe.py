"""From keypoints to the motion: what the subject does, in figures."""

from __future__ import annotations

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.artifacts.motion import Motion
from video2reward.geometry import sample_cycle
from video2reward.motion.camera import is_moving
from video2reward.motion.cycle import fit_cycle
from video2reward.motion.stride import (
    find_direction,
    find_period,
    first_touchdown,
    footfalls,
    hip_height,
    stride_phase,
    twin_joints,
)
from video2reward.motion.subject import leg_length
from video2reward.motion.swaps import unswap
from video2reward.motion.track import displacement_speed, split
from video2reward.settings import MotionSettings, Subject
from video2reward.skeletons import skeleton

# Gaps longer than this are filled from the mean cycle instead of in a straight line, s.
_LONG_GAP_S = 0.05
# Rounds of exchanging legs that were named wrongly: each makes the mean cycle, by which the next judges, better.
_UNSWAPS = 3
# The picture's displacement and the standing feet agree on the speed if they differ by less than this part.
SPEED_TOLERANCE = 0.25


def describe_motion(
    keypoints: Keypoints,
    subject: Subject,
    settings: MotionSettings,
    min_confidence: float,
    background: np.ndarray | None = None,
    source: str = "keypoints",
) -> Motion:
    """Describe the motion of the subject.

    background: (T, 2) px, displacement of the background, from `camera.background_shift`; without it the
        subject's own displacement, compared with its feet's, tells a fixed camera from a moving one
    source: what errors call the input

    Raises:
        UserError: trunk or feet are not seen, or no period is found
    """
    kind = skeleton(keypoints.skeleton)
    leg_length_m = leg_length(subject)
    track = split(keypoints, kind, settings, min_confidence, source)
    feet = [kind.index(foot) for foot in kind.feet]
    period = find_period(track.body[:, feet], keypoints, settings, source)
    phase = stride_phase(track.body[:, feet], keypoints.times, period.seconds)
    for _ in range(_UNSWAPS):
        track, changed = unswap(track, phase, kind)
        if not changed.any():
            break
        phase = stride_phase(track.body[:, feet], keypoints.times, period.seconds)
    to_right = displacement_speed(track, keypoints.times, background)
    forward = np.array([find_direction(track, to_right, kind), 1.0])
    fall = footfalls(track, phase, period.seconds, forward[0], kind)
    start = first_touchdown(fall)
    seen_body = np.where(track.seen[..., None], track.body * forward, np.nan)
    cycle = fit_cycle(seen_body, phase - start, settings.cycle_points, twin_joints(kind, fall))
    body = _refilled(track.body * forward, track.seen, cycle, phase - start, keypoints)
    camera, speed = _camera_and_speed(to_right * forward[0], fall.speed, background, keypoints.size[0])
    pixels = (body * forward * track.scale + track.middle[:, None]) * [1.0, -1.0]
    return Motion(
        times=keypoints.times,
        joint_names=keypoints.joint_names,
        skeleton=kind.name,
        paper=_paper(pixels, keypoints, camera),
        body=body,
        confidence=np.where(track.seen, keypoints.keypoints[..., 2], 0.0),
        cycle=cycle,
        period_s=period.seconds,
        period_confidence=period.strength,
        camera=camera,
        mirrored=bool(forward[0] < 0),
        speed=speed,
        body_length_px=float(track.scale.mean()),
        leg_length=hip_height(cycle, kind, fall, start),
        limb_names=tuple(limb.name for limb in kind.limbs),
        touchdown=np.mod(np.round(fall.touchdown - start, 9), 1.0),
        duty_factor=fall.duty,
        species=subject.species,
        leg_length_m=leg_length_m,
        size=keypoints.size,
    )


def _refilled(
    body: np.ndarray, seen: np.ndarray, cycle: np.ndarray, phase: np.ndarray, keypoints: Keypoints
) -> np.ndarray:
    """Put the mean cycle where a joint was unseen for long, body lengths."""
    long = round(_LONG_GAP_S * keypoints.fps)
    mean = sample_cycle(cycle, phase)
    result = body.copy()
    for joint in np.flatnonzero(~seen.all(axis=0) & np.isfinite(cycle).all(axis=(0, 2))):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], ~seen[:, joint], [0]])))
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            if stop - start > long:
                result[start:stop, joint] = mean[start:stop, joint]
    return result


def _camera_and_speed(
    travel: float, feet: float, background: np.ndarray | None, width: int
) -> tuple[str, float]:
    """Decide on camera and speed, trunk lengths/s, from the trunk's displacement and the standing feet."""
    agree = abs(travel - feet) < SPEED_TOLERANCE * feet
    if background is None:
        return ("fixed", travel) if agree else ("moving", feet)
    # A treadmill, or a background at another distance than the subject, makes the displacement useless.
    if is_moving(background, width):
        return "moving", 0.5 * (travel + feet) if agree else feet
    return "fixed", travel if agree else feet


def _paper(pixels: np.ndarray, keypoints: Keypoints, camera: str) -> np.ndarray:
    if camera == "fixed":
        return pixels / np.asarray(keypoints.size, float)
    boxes = keypoints.boxes[:, None]
    return (pixels - boxes[..., :2]) / np.maximum(boxes[..., 2:] - boxes[..., :2], 1e-9)
