"""A person of 1.75 m in shirt, trousers and shoes, walking or running; COCO-17 joints inside the body."""

from __future__ import annotations

import numpy as np

from synthesis.figure import Figure, in_plane
from synthesis.footfall import minimum_jerk
from synthesis.gaits import Gait
from synthesis.human_parts import parts
from synthesis.limbs import two_links
from synthesis.walking import (
    ANKLE,
    BALL,
    FOREARM,
    HEEL,
    RUN,
    SHANK,
    THIGH,
    TOE,
    UPPER_ARM,
    WALK,
    Curves,
    Stride,
    curve,
    down,
)
from video2reward.skeletons import COCO17

LEG_LENGTH = 0.93
_HIP, _FOOT, _SHOULDER = 0.088, 0.075, 0.180
# Height of the middle of the shoe above its sole, m.
_SOLE = 0.036

# Trunk, neck and head: forward and up from the middle between the hip joints of a person standing upright, m.
TRUNK: dict[str, complex] = {
    "pelvis": -0.024 - 0.050j,
    "waist": -0.004 + 0.045j,
    "belly": 0.005 + 0.200j,
    "collar": -0.010 + 0.540j,
    "shoulder": -0.005 + 0.498j,
    "neck": -0.010 + 0.525j,
}
# The head stays level: positions from the top of the neck, m.
NECK_TOP = 0.010 + 0.612j
HEAD: dict[str, complex] = {
    "nape": 0.000 + 0.000j,
    "skull": 0.012 + 0.118j,
    "crown": 0.012 + 0.150j,
    "brow": 0.102 + 0.112j,
    "jaw": 0.045 + 0.040j,
    "chin": 0.085 + 0.010j,
    "nose_root": 0.096 + 0.092j,
    "nose_tip": 0.114 + 0.064j,
    "mouth": 0.104 + 0.032j,
    "hair_back": -0.055 + 0.090j,
    "hair_top": 0.030 + 0.172j,
    "hair_side": -0.015 + 0.125j,
}


def human(gait: Gait, times: np.ndarray) -> Figure:
    """Move the person through `gait`, walking or running, at `times` (T,) s."""
    curves = RUN if max(gait.duty.values()) < 0.5 else WALK
    points: dict[str, np.ndarray] = {}
    planted = {}
    for limb, sign in (("left", 1.0), ("right", -1.0)):
        planted[limb] = _leg(Stride(gait, curves, limb), sign, times, points)
        _arm(gait, curves, limb, sign, times, points)
    middle, lean = _trunk(gait, curves, times)
    head_points(middle, lean, points)
    return dressed(times, points, planted)


def dressed(times: np.ndarray, points: dict[str, np.ndarray], planted: dict[str, np.ndarray]) -> Figure:
    """Return the figure of a person whose points are known."""
    return Figure(
        times=times,
        points=points,
        parts=parts(),
        keypoints={joint: joint for joint in COCO17.joints},
        planted=planted,
        feet={limb: f"{limb}_ball" for limb in planted},
        joint_depth=_depths(),
    )


def _leg(stride: Stride, sign: float, times: np.ndarray, points: dict[str, np.ndarray]) -> np.ndarray:
    """Add one leg's points -> (T,) bool, the foot is on the ground."""
    side = stride.limb
    phase = stride.gait.phase(side, times)
    start = stride.gait.touchdown[side] * stride.gait.stride_m
    hip, ankle = stride.hip(phase) + start, stride.ankle(phase) + start
    upper, _ = two_links(hip, ankle, THIGH, SHANK, forward=True)
    knee = hip + THIGH * upper
    pitch = curve(stride.curves.foot, phase)
    swing = np.clip((phase % 1.0 - stride.duty) / (1.0 - stride.duty), 0.0, 1.0)
    at = {"hip": hip, "knee": knee, "ankle": ankle} | foot_points(ankle, pitch, swing)
    leg_points(side, sign, at, points)
    # Rolling over the heel, the ball of the foot still comes down; it stands from foot flat to toe-off.
    return (phase % 1.0 <= stride.duty) & (pitch <= 0.0)


def leg_points(side: str, sign: float, at: dict[str, np.ndarray], points: dict[str, np.ndarray]) -> None:
    """Add one leg's points, from its joints and its shoe's points in the sagittal plane, (T,) complex."""
    at = at | {"thigh": at["hip"] + 0.62 * (at["knee"] - at["hip"])}
    # The legs converge a little from hip to foot.
    lateral = {"hip": _HIP, "thigh": 0.082, "knee": 0.5 * (_HIP + _FOOT)}
    points.update({f"{side}_{n}": in_plane(p, sign * lateral.get(n, _FOOT)) for n, p in at.items()})


def foot_points(ankle: np.ndarray, pitch: np.ndarray, swing: np.ndarray) -> dict[str, np.ndarray]:
    """Return the shoe's points for the sole's pitch, rad, and how far the swing is, 0..1, all (T,)."""
    sole = np.exp(1j * pitch)
    instep = ankle + (BALL + 1j * (_SOLE - ANKLE)) * sole
    # The toes stay flat while the heel lifts and straighten again early in the swing.
    bent = np.where(pitch > 0.0, pitch, minimum_jerk(np.minimum(swing / 0.4, 1.0)) * pitch)
    return {
        "heel": ankle + (HEEL + 1j * (_SOLE - ANKLE)) * sole,
        "ball": ankle + (BALL - 1j * ANKLE) * sole,
        "instep": instep,
        "toe": instep + (TOE - BALL) * np.exp(1j * bent),
    }


def _trunk(gait: Gait, curves: Curves, times: np.ndarray) -> tuple[np.ndarray, complex]:
    """Return the middle between the hips (T,), complex, and the trunk's lean as a rotation."""
    reference = Stride(gait, curves, "left")
    return reference.hip(gait.phase("left", times)), np.exp(-1j * np.radians(curves.lean))


def _arm(
    gait: Gait, curves: Curves, side: str, sign: float, times: np.ndarray, points: dict[str, np.ndarray]
) -> None:
    """Add one arm's points; each arm swings with the leg of the other side."""
    middle, lean = _trunk(gait, curves, times)
    phase = gait.phase(side, times)
    # Shoulders turn against the hips: the arm's swing starts from a shoulder that moves with it.
    swing = curve(curves.shoulder, phase)
    shoulder = middle + TRUNK["shoulder"] * lean + 0.02 * np.sin(swing)
    arm_points(side, sign, shoulder, swing, curve(curves.elbow, phase), points)


def arm_points(
    side: str,
    sign: float,
    shoulder: np.ndarray,
    swing: np.ndarray,
    bend: np.ndarray,
    points: dict[str, np.ndarray],
) -> None:
    """Add one arm's points; swing: the upper arm's angle forward, bend: the elbow's, rad."""
    upper = down(swing)
    elbow = shoulder + UPPER_ARM * upper
    wrist = elbow + FOREARM * upper * np.exp(1j * bend)
    hand = wrist + 0.09 * upper * np.exp(1j * (bend + 0.1))
    sleeve = shoulder + 0.50 * UPPER_ARM * upper
    at = {
        "shoulder": (shoulder, 0.0),
        "sleeve": (sleeve, 0.02),
        "elbow": (elbow, 0.04),
        "wrist": (wrist, 0.0),
    }
    at |= {"hand": (hand, -0.02), "shoulder_in": (shoulder, -0.09)}
    for name, (place, out) in at.items():
        points[f"{side}_{name}"] = in_plane(place, sign * (_SHOULDER + out))


def head_points(middle: np.ndarray, lean: np.ndarray | complex, points: dict[str, np.ndarray]) -> None:
    """Add trunk, head and face; middle: between the hips (T,), complex; lean: of the trunk, as a rotation."""
    points.update({name: in_plane(middle + at * lean, 0.0) for name, at in TRUNK.items()})
    head = middle + NECK_TOP * lean
    points.update({name: in_plane(head + at, 0.0) for name, at in HEAD.items()})
    points["nose"] = in_plane(head + 0.121 + 0.064j, 0.0)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        face = {
            "eye": (0.092 + 0.093j, 0.033),
            "pupil": (0.1005 + 0.093j, 0.0345),
            "brow_in": (0.107 + 0.113j, 0.016),
            "brow_out": (0.092 + 0.114j, 0.046),
            "ear": (0.004 + 0.080j, 0.078),
            "ear_top": (0.0 + 0.100j, 0.080),
            "ear_low": (0.008 + 0.058j, 0.076),
            "mouth_corner": (0.094 + 0.033j, 0.022),
        }
        points.update({f"{side}_{n}": in_plane(head + at, sign * out) for n, (at, out) in face.items()})


def _depths() -> dict[str, float]:
    """Return how far in front of each joint, m, the body's own surface may lie."""
    depth = {"nose": 0.03}
    limbs = {"shoulder": 0.10, "elbow": 0.07, "wrist": 0.06, "hip": 0.12, "knee": 0.09, "ankle": 0.08}
    for side in ("left", "right"):
        depth |= {f"{side}_{joint}": value for joint, value in limbs.items()}
        depth |= {f"{side}_eye": 0.025, f"{side}_ear": 0.03}
    return depth
