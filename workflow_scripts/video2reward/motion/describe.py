"""From keypoints to the motion: what the subject does, in figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.artifacts.motion import Motion
from video2reward.errors import UserError
from video2reward.geometry import sample_cycle, trunk_ends
from video2reward.motion.camera import is_moving
from video2reward.motion.cleaning import (
    drop_outliers,
    fill_gaps,
    on_even_times,
    require_seen,
    seen_pixels,
    smooth,
)
from video2reward.motion.cycle import fit_cycle, track_phase
from video2reward.motion.footfall import Footfall, find_footfall
from video2reward.motion.subject import FOOT_HEIGHT, leg_length
from video2reward.settings import MotionSettings, Subject
from video2reward.similarity.period import Period, estimate_period
from video2reward.skeletons import Skeleton, skeleton

# Gaps longer than this are filled from the mean cycle instead of in a straight line, s.
_LONG_GAP_S = 0.05
# Samples of the cycle that footfalls are read from.
_FINE = 256
# The picture's displacement and the standing feet agree on the speed if they differ by less than this part.
SPEED_TOLERANCE = 0.25


@dataclass(frozen=True)
class Track:
    """Gapless pixels split into the trunk's path and the body about it, x right, y up.

    middle: (T, 2) px; body: (T, J, 2) trunk lengths; scale: (T, 1, 1) px per trunk length; seen: (T, J)
    """

    middle: np.ndarray
    body: np.ndarray
    scale: np.ndarray
    seen: np.ndarray


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
    phase = _phase(track.body[:, feet], keypoints.times, period.seconds)
    mirrored, fall = _direction(track, phase, period.seconds, feet)
    forward = np.array([-1.0 if mirrored else 1.0, 1.0])
    start = _first_touchdown(fall)
    seen_body = np.where(track.seen[..., None], track.body * forward, np.nan)
    cycle = fit_cycle(seen_body, phase - start, settings.cycle_points, _twins(kind, fall))
    body = _refilled(track.body * forward, track.seen, cycle, phase - start, keypoints)
    travel = displacement_speed(track, keypoints.times, background, forward[0])
    camera, speed = _camera_and_speed(travel, fall.speed, background, keypoints.size[0])
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
        mirrored=mirrored,
        speed=speed,
        body_length_px=float(track.scale.mean()),
        leg_length=hip_height(cycle, kind, fall, start),
        limb_names=tuple(limb.name for limb in kind.limbs),
        touchdown=np.mod(fall.touchdown - start + 1e-9, 1.0),
        duty_factor=fall.duty,
        species=subject.species,
        leg_length_m=leg_length_m,
        size=keypoints.size,
    )


def split(
    keypoints: Keypoints, kind: Skeleton, settings: MotionSettings, min_confidence: float, source: str
) -> Track:
    """Clean the keypoints and split them into the trunk's path and the body about it."""
    names, times, fps = keypoints.joint_names, keypoints.times, keypoints.fps
    pixels = seen_pixels(keypoints, min_confidence) * [1.0, -1.0]
    for part in (kind.front, kind.back, kind.feet):
        require_seen(pixels, names, part, source)
    front, back = _ends(fill_gaps(pixels, times), kind)
    pixels = drop_outliers(pixels, fps, float(np.median(np.linalg.norm(front - back, axis=-1))))
    filled = fill_gaps(pixels, times)
    front, back = _ends(filled, kind)
    middle = 0.5 * (front + back)
    # The subject may come nearer or turn a little while it passes: a parabola follows that, not the stride.
    clock = (times - times[0]) / (times[-1] - times[0]) - 0.5
    scale = np.polyval(np.polyfit(clock, np.linalg.norm(front - back, axis=-1), 2), clock)[:, None, None]
    relative = fill_gaps(pixels - middle[:, None], times) / scale
    return Track(
        middle=smooth(middle, fps, settings.smoothing_s),
        body=smooth(relative, fps, settings.smoothing_s),
        scale=scale,
        seen=np.isfinite(pixels).all(axis=-1),
    )


def find_period(feet: np.ndarray, keypoints: Keypoints, settings: MotionSettings, source: str) -> Period:
    """Return the stride period of the feet (T, F, 2); none sure enough is a `UserError`."""
    known = np.isfinite(feet).all(axis=(0, 2))
    even, fps = on_even_times(feet[:, known], keypoints.times)
    found = estimate_period(even, fps, settings.min_period_s, settings.max_period_s)
    if not np.isfinite(found.seconds) or found.strength < settings.min_period_confidence:
        seconds = keypoints.times[-1] - keypoints.times[0]
        best = (
            f"the best is {found.seconds:.2f} s with"
            if np.isfinite(found.seconds)
            else "none has any, that is"
        )
        raise UserError(
            f"{source}: no stride period found between {settings.min_period_s:g} and {settings.max_period_s:g} s "
            f"in {seconds:.1f} s: {best} confidence {found.strength:.2f}, "
            f"motion.min_period_confidence is {settings.min_period_confidence:g}; trim the clip to steady movement "
            "of at least two strides, or look at overlay and pose backend"
        )
    return found


def displacement_speed(track: Track, times: np.ndarray, background: np.ndarray | None, sign: float) -> float:
    """Return the trunk's mean speed through the picture, or over the background, trunk lengths/s forward."""
    x = track.middle[:, 0] - (background[:, 0] if background is not None else 0.0)
    return float(sign * np.polyfit(times, x / track.scale.mean(), 1)[0])


def hip_height(cycle: np.ndarray, kind: Skeleton, fall: Footfall, start: float) -> float:
    """Return the hips' height above the ground, body lengths, of the hind limbs where there are two pairs.

    cycle: (P, J, 2). Median over stance of the height of hip over foot, plus the foot joint's own height.
    """
    limbs = [limb for limb in kind.limbs if "hind" in limb.name] or list(kind.limbs)
    heights = []
    for limb in limbs:
        column = kind.limbs.index(limb)
        phases = np.flatnonzero(fall.stance[:, column]) / len(fall.stance) - start
        gap = cycle[:, kind.index(limb.hip), 1] - cycle[:, kind.index(limb.foot), 1]
        if len(phases) and np.isfinite(gap).all():
            heights.append(np.median(sample_cycle(gap, phases)))
    return float(np.mean(heights)) / (1 - FOOT_HEIGHT[kind.name]) if heights else float("nan")


def _ends(points: np.ndarray, kind: Skeleton) -> tuple[np.ndarray, np.ndarray]:
    """Return the trunk's ends over those of its joints that are seen at all."""
    names = [
        name for name, known in zip(kind.joints, np.isfinite(points).all(axis=(0, 2)), strict=True) if known
    ]
    return trunk_ends(points[:, [kind.index(name) for name in names]], names, kind)


def _phase(feet: np.ndarray, times: np.ndarray, period_s: float) -> np.ndarray:
    known = np.isfinite(feet).all(axis=(0, 2))
    return track_phase(feet[:, known, 0], times, period_s)


def _direction(track: Track, phase: np.ndarray, period_s: float, feet: list[int]) -> tuple[bool, Footfall]:
    """Tell whether the subject travels to -x: the way round in which its feet stand still the longer."""
    seen = np.where(track.seen[:, feet, None], track.body[:, feet], np.nan)
    cycle = fit_cycle(seen, phase, _FINE)
    ways = [find_footfall(cycle * [sign, 1.0], period_s) for sign in (1.0, -1.0)]
    support = [_support(cycle * [sign, 1.0], way) for sign, way in zip((1.0, -1.0), ways, strict=True)]
    mirrored = support[1] > support[0]
    return mirrored, ways[mirrored]


def _support(cycle: np.ndarray, way: Footfall) -> float:
    """Return how low the feet are while they are said to stand, against while they swing, body lengths."""
    known = np.isfinite(way.duty) & (way.duty > 0.05)
    height = cycle[..., 1]
    drops = [
        height[~way.stance[:, k], k].mean() - height[way.stance[:, k], k].mean()
        for k in np.flatnonzero(known)
    ]
    return float(np.mean(drops)) if drops else -np.inf


def _twins(kind: Skeleton, fall: Footfall) -> np.ndarray:
    """Return for each joint of a leg that of the other side's and its lead in cycles, (2, J), for `fit_cycle`."""
    twins = np.full((2, len(kind.joints)), np.nan)
    ends = [limb.name.split("_")[1:] for limb in kind.limbs]
    for i, limb in enumerate(kind.limbs):
        for j, other in enumerate(kind.limbs):
            if i != j and ends[i] == ends[j]:
                for own, twin in zip(
                    (limb.hip, limb.knee, limb.foot), (other.hip, other.knee, other.foot), strict=True
                ):
                    lead = fall.touchdown[i] - fall.touchdown[j]
                    twins[:, kind.index(own)] = kind.index(twin), lead
    return twins


def _first_touchdown(fall: Footfall) -> float:
    known = fall.touchdown[np.isfinite(fall.touchdown)]
    return float(known[0]) if len(known) else 0.0


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
    camera = "moving" if is_moving(background, width) else "fixed"
    # A treadmill, or a background at another distance than the subject, makes the displacement useless.
    return camera, travel if agree and camera == "fixed" else feet


def _paper(pixels: np.ndarray, keypoints: Keypoints, camera: str) -> np.ndarray:
    if camera == "fixed":
        return pixels / np.asarray(keypoints.size, float)
    boxes = keypoints.boxes[:, None]
    return (pixels - boxes[..., :2]) / np.maximum(boxes[..., 2:] - boxes[..., :2], 1e-9)
