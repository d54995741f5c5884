"""Keypoints with ground truth, as pose backends would give them at their best and at their worst."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from synthesis.camera import Camera, camera_for
from synthesis.clips import DOG, HUMAN
from synthesis.figure import place
from synthesis.gaits import Gait
from video2reward.artifacts.keypoints import Keypoints
from video2reward.geometry import body_normalise, trunk_ends
from video2reward.skeletons import Skeleton, skeleton

SUBJECTS = {"dog": DOG, "human": HUMAN}
# The camera's distance and its height above the ground, m; the picture, px; the strides in view.
_DISTANCE, _HEIGHT, _SIZE, _STRIDES = 16.0, 0.6, (1280, 480), 4.3
# How far from a joint's place a pose backend puts it, as a standard deviation in trunk lengths.
NOISE = 0.02


@dataclass(frozen=True)
class Condition:
    """What a clip is like.

    heading: 1 to the right of the picture, -1 to the left; fps: 1/s, of the file
    pan: the camera turns with the subject; slow: the file's seconds per real second
    angle: degrees between travel and the picture's plane
    noise: trunk lengths; hidden: part of the frames in which one leg is unseen; swaps: legs named wrongly
    seen: the background can be followed
    """

    name: str
    heading: int = 1
    fps: float = 60.0
    pan: bool = False
    slow: float = 1.0
    angle: float = 0.0
    noise: float = 0.0
    hidden: bool = False
    swaps: bool = False
    seen: bool = True


CONDITIONS = (
    Condition("fixed, right, 60 /s"),
    Condition("fixed, left", heading=-1),
    Condition("panning, right", pan=True),
    Condition("panning, left", pan=True, heading=-1),
    Condition("panning, no background", pan=True, seen=False),
    Condition("30 frames/s", fps=30.0),
    Condition("24 frames/s", fps=24.0),
    Condition("slow motion 4x, declared", fps=30.0, slow=4.0),
    Condition("25 degrees to the picture", angle=25.0),
    Condition("noise of 2 % of the trunk", noise=NOISE),
    Condition("one leg hidden for 20 %", hidden=True),
    Condition("legs swapped now and then", swaps=True),
    Condition("30 /s, pan, noise, hidden, swaps", fps=30.0, pan=True, noise=0.01, hidden=True, swaps=True),
)


@dataclass(frozen=True)
class Case:
    """Keypoints and what is true about them.

    background: (T, 2) px or None, as `motion.camera.follow_camera` gives it
    body: (T, J, 2) trunk lengths, x forward, y up; phase: (T,) cycles after the first limb's touchdown
    touchdown, duty: (L,) in the skeleton's order of limbs; times in the keypoints are the file's
    """

    keypoints: Keypoints
    background: np.ndarray | None
    body: np.ndarray
    phase: np.ndarray
    touchdown: np.ndarray
    duty: np.ndarray
    gait: Gait
    condition: Condition


def make_case(species: str, gait: Gait, condition: Condition, seed: int = 0) -> Case:
    """Film `species` ("dog" or "human") in `gait` under a condition."""
    subject = SUBJECTS[species]
    kind = skeleton(subject.skeleton)
    frames = round(max(_STRIDES * gait.period_s, 1.6) * condition.slow * condition.fps)
    times = np.arange(frames) / condition.fps / condition.slow
    figure = subject.move(gait, times + 0.37 * gait.period_s)
    half_way = gait.speed * (times[-1] / 2 + 0.37 * gait.period_s) + subject.middle
    figure = place(figure, condition.heading, np.array([-condition.heading * half_way, 0.0, 0.0]))
    points = np.stack([figure.points[at] for at in figure.keypoints.values()], axis=1)
    true = body_normalise(points[..., [0, 2]] * [condition.heading, 1], kind.joints, kind)
    rng = np.random.default_rng(seed)
    keypoints, background = film(_turned(points, condition.angle), times, condition, kind, rng)
    limbs = [limb.name for limb in kind.limbs]
    return Case(
        keypoints=keypoints,
        background=background,
        body=true,
        phase=gait.phase(limbs[0], times + 0.37 * gait.period_s),
        touchdown=np.array([gait.touchdown[limb] - gait.touchdown[limbs[0]] for limb in limbs]) % 1,
        duty=np.array([gait.duty[limb] for limb in limbs]),
        gait=gait,
        condition=condition,
    )


def body_speed(species: str, gait: Gait) -> float:
    """Return a gait's speed in trunk lengths/s, as seen from the side."""
    subject = SUBJECTS[species]
    figure, kind = subject.move(gait, np.linspace(0.0, gait.period_s, 64)), skeleton(subject.skeleton)
    points = np.stack([figure.points[at] for at in figure.keypoints.values()], axis=1)[..., [0, 2]]
    front, back = trunk_ends(points, kind.joints, kind)
    return float(gait.speed / np.linalg.norm(front - back, axis=-1).mean())


def film(
    points: np.ndarray, times: np.ndarray, condition: Condition, kind: Skeleton, rng: np.random.Generator
) -> tuple[Keypoints, np.ndarray | None]:
    """Film joints in space (T, J, 3), m -> keypoints as good as the condition has them, the background's shift."""
    x = points.mean(axis=1)[:, 0]
    width = 2.6 if condition.pan else 2.6 + np.ptp(x)
    aim = x + 0.1 * np.sin(2.0 * times) if condition.pan else np.zeros(len(times))
    camera = camera_for(_SIZE, width, _DISTANCE, _HEIGHT, aim)
    keypoints = _keypoints(camera.project(points)[..., :2], times * condition.slow, kind)
    return _worsened(keypoints, condition, kind, rng), _background(camera, condition, rng)


def _turned(points: np.ndarray, degrees: float) -> np.ndarray:
    """Turn points (T, J, 3) about the vertical."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return points @ np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])


def _keypoints(pixels: np.ndarray, times: np.ndarray, kind: Skeleton) -> Keypoints:
    return Keypoints(
        keypoints=np.concatenate([pixels, np.ones((*pixels.shape[:2], 1))], axis=-1),
        times=times,
        joint_names=kind.joints,
        skeleton=kind.name,
        size=_SIZE,
        boxes=np.concatenate([pixels.min(axis=1) - 15, pixels.max(axis=1) + 15], axis=-1),
        backend="truth",
    )


def _background(camera: Camera, condition: Condition, rng: np.random.Generator) -> np.ndarray | None:
    """Return how a wall two camera distances behind the subject shifts, with what following it misses."""
    if not condition.seen:
        return None
    x = -camera.focal_px * np.tan(camera.yaw)
    shift = np.stack([x - x[0], np.zeros_like(x)], axis=-1)
    return shift + 0.3 * rng.standard_normal(shift.shape)


def _worsened(k: Keypoints, condition: Condition, kind: Skeleton, rng: np.random.Generator) -> Keypoints:
    points = k.keypoints.copy()
    count = len(points)
    front, back = (
        points[:, [kind.index(j) for j in end], :2].mean(axis=1) for end in (kind.front, kind.back)
    )
    trunk = float(np.linalg.norm(front - back, axis=-1).mean())
    points[..., :2] += condition.noise * trunk * rng.standard_normal(points[..., :2].shape)
    if condition.swaps:
        for limb, twin in zip(kind.limbs[::2], kind.limbs[1::2], strict=True):
            own, other = ([kind.index(j) for j in (leg.knee, leg.foot)] for leg in (limb, twin))
            for start in rng.integers(3, count - 8, 3):
                part = slice(start, start + max(2, round(0.07 * k.fps * condition.slow)))
                points[part, own + other] = points[part, other + own]
    if condition.hidden:
        limb = kind.limbs[-1]
        start = int(rng.integers(2, round(0.75 * count)))
        hidden = points[start : start + round(0.2 * count), [kind.index(j) for j in (limb.knee, limb.foot)]]
        hidden[..., :2], hidden[..., 2] = np.nan, 0.0
        rows = [kind.index(j) for j in (limb.knee, limb.foot)]
        points[start : start + round(0.2 * count), rows] = hidden
    return replace(k, keypoints=points)
