"""How the clip was filmed: fixed or moving camera, viewing angle, playback speed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.motion.camera import MOVING, wander
from video2reward.motion.track import Track
from video2reward.skeletons import Skeleton, skeleton

GRAVITY = 9.81
# Relative difference up to which the speeds from the trunk and from the feet in stance agree.
SPEED_TOLERANCE = 0.25
# Largest angle of a side view, degrees; confidence below which the camera gets a warning.
MOST_ANGLE, _SURE = 30.0, 0.65
# Distance between left and right limb roots, trunk lengths, and trunk length over hip height in a true side view.
# Dogs: between the recordings of google-research/motion_imitation (0.32; 1.07) and the synthetic figure (0.39; 1.29).
# Humans: joint centres, about 0.36 m between shoulders and 0.18 m between hips at a trunk of 0.50 m, narrower than
# the body's outline. Insects and spiders: coxae about 0.6 of thorax or prosoma apart.
_SHAPE = {
    "ap10k": (0.35, 1.15), "coco17": (0.54, float("nan")),
    "insect": (0.6, float("nan")), "spider": (0.6, float("nan")),
}  # fmt: skip
# Mammals of all sizes take strides of length l at about Fr^0.34 = l / (2.4 h) (Alexander & Jayes 1983, J. Zool.
# 201:135-152). At another playback speed, Fr is wrong by its square. Animals scatter by a factor of 1.6 in speed about
# that curve, so there is a warning only beyond _SUSPECT.
_STRIDE, _EXPONENT, _SUSPECT = 2.4, 0.34, 2.0
# A trunk slower than this fraction of the feet's speed stays in place.
_STAYS = 0.15
# Strides shorter than this, leg lengths, are steps on the spot.
_LEAST_STRIDE = 0.3


@dataclass(frozen=True)
class Filming:
    """camera: "fixed" or "moving"; sure: confidence 0.5..1; speed: trunk lengths/s; warnings: sentences."""

    camera: str
    sure: float
    speed: float
    warnings: tuple[str, ...] = ()


def judge_camera(
    travel: float,
    feet: float,
    background: np.ndarray | None,
    width: int,
    declared: str = "auto",
    background_sure: float = 1.0,
) -> Filming:
    """Decide on camera and speed from the trunk's displacement, the feet in stance and the background.

    travel: the trunk's forward speed, in the picture or relative to a tracked background, trunk lengths/s
    feet: backward speed of feet in stance relative to the trunk, trunk lengths/s; background: (T, 2) px
    background_sure: 0..1, probability that the tracked points are the background
    """
    miss = abs(travel - feet) / max(feet, 1e-9) if np.isfinite(feet) else 0.0
    if not np.isfinite(feet):
        feet = travel
    agree = miss < SPEED_TOLERANCE
    if background is None:
        moving, sure = not agree, _sureness(miss / SPEED_TOLERANCE)
    else:
        part = wander(background, width)
        moving, sure = part > MOVING, _sureness(part / MOVING)
        # If something else was tracked, the other answer is more likely.
        sure = max(0.5, background_sure * sure + (1 - background_sure) * (1 - sure))
    if declared != "auto":
        moving, sure = declared == "moving", 1.0
    warnings = []
    if sure < _SURE:
        warnings.append(
            f"Camera: {'moving' if moving else 'fixed'}, but only {sure:.0%} sure; set camera: fixed or camera: moving "
            "in the clip's YAML."
        )
    if background is not None and not agree:
        # On a treadmill, or with a background at another distance, the displacement is meaningless.
        warnings.append(
            f"The feet in stance move back at {feet:.2f} body lengths/s, but the trunk moves at {travel:.2f} against the "
            f"background; the speed of the feet is used. {_why_apart(travel, feet)}"
        )
    if agree and background is not None and moving:
        speed = 0.5 * (travel + feet)
    else:
        speed = travel if agree and not (moving and background is None) else feet
    return Filming("moving" if moving else "fixed", sure, speed, tuple(warnings))


def _why_apart(travel: float, feet: float) -> str:
    """Return possible causes if trunk and feet disagree on the speed."""
    if abs(travel) < _STAYS * feet:
        return (
            "On a treadmill this is expected; otherwise the camera follows the subject against a plain wall, or part of "
            "the clip is a turn or a pause: trim: it to where the subject goes one way."
        )
    if travel < 0:
        return "It walks backwards, or another subject was tracked: look at overlay.mp4, or point at it with subject.box."
    return (
        "Part of the clip may be a turn or a pause, or another subject was tracked: look at overlay.mp4, then trim: it or "
        "point at the subject with subject.box. A background much nearer or farther than the subject has the same effect."
    )


def view_angle(track: Track, kind: Skeleton, leg_length: float) -> float:
    """Return the angle between travel and the picture's plane, 0..90 degrees; NaN if unknown.

    At an angle, left and right joints separate along x (sine) and a level trunk gets shorter (cosine).
    leg_length: as measured, body lengths
    """
    breadth, ratio = _SHAPE[kind.name]
    apart = []
    for left, right in _pairs(kind):
        both = track.seen[:, left] & track.seen[:, right]
        if both.any():
            apart.append(float((track.body[both, left, 0] - track.body[both, right, 0]).mean()))
    if not apart:
        return float("nan")
    across = abs(float(np.mean(apart))) / breadth
    if not np.isfinite(ratio):
        return float(np.degrees(np.arcsin(min(1.0, across))))
    # A foreshortened trunk is a smaller unit, so legs and breadth measure longer.
    along = 1.0 / leg_length / ratio if np.isfinite(leg_length) else 1.0
    return float(np.degrees(np.arctan2(across * along, min(1.0, along))))


def warn_of_angle(angle: float, scale: np.ndarray) -> list[str]:
    """Return a sentence if the view is too far off the side."""
    if not angle > MOST_ANGLE:
        return []
    size = float(scale[-1].item() / scale[0].item())
    grows = (
        f", and {'grows' if size > 1 else 'shrinks'} to {size:.2f} of its size" if abs(size - 1) > 0.1 else ""
    )
    return [
        f"The subject seems to move at about {angle:.0f} degrees to the picture's plane{grows}; lengths along its path "
        f"look shorter than they are. Film from the side, within {MOST_ANGLE:.0f} degrees."
    ]


def warn_of_tempo(motion: Motion) -> list[str]:
    """Return a sentence if the speed is unusual for strides of this length; none for sprawled legs, which vary more."""
    legs = motion.stride_length / motion.leg_length
    if skeleton(motion.skeleton).sprawled or not (np.isfinite(legs) and legs > _LEAST_STRIDE):
        return []
    usual = (legs / _STRIDE) ** (0.5 / _EXPONENT) * np.sqrt(GRAVITY * motion.leg_length_m)
    factor = float(usual / motion.speed_m_s)
    # Hops may be arbitrarily short at any tempo.
    if factor < _SUSPECT and (factor > 1 / _SUSPECT or motion.gait in ("hop", "bound", "skip")):
        return []
    what = "slow motion" if factor > 1 else "sped up, or leg_length_m is too small"
    return [
        f"This looks like {what}: strides of {legs:.2f} leg lengths are usually walked at {usual:.2f} m/s, one in "
        f"{motion.period_s / factor:.2f} s; here {motion.speed_m_s:.2f} m/s, one in {motion.period_s:.2f} s. If it is, "
        f"set slow_motion: {motion.slow_motion * factor:.1f} or so in the clip's YAML."
    ]


def _sureness(ratio: float) -> float:
    """Return the confidence that a ratio is on its side of 1: from 0.5 at 1 to 1 far from it."""
    square = ratio**2
    return float(max(square, 1.0) / (1.0 + square))


def _pairs(kind: Skeleton) -> list[tuple[int, int]]:
    """Return the left and right limb roots, including arms."""
    pairs = {
        (kind.index(a.hip), kind.index(b.hip)) for a, b in zip(kind.limbs[::2], kind.limbs[1::2], strict=True)
    }
    if kind.name == "coco17":
        pairs.add((kind.index("left_shoulder"), kind.index("right_shoulder")))
    return sorted(pairs)
