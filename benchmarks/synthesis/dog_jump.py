"""The dog of the clips in a jump between two rests, all four feet leaving the ground together."""

from __future__ import annotations

import numpy as np

from synthesis.dog import FORE, HEAD, HIND, PAW_HEIGHT, TAIL, TRACK, TRUNK, dressed
from synthesis.figure import Figure, in_plane
from synthesis.footfall import minimum_jerk
from synthesis.jump import Jump
from video2reward.artifacts.keypoints import Keypoints
from video2reward.skeletons import AP10K

_PIXELS_PER_METRE = 200.0
# The left paws stand apart from the right ones, fore paws ahead and hind paws behind, m.
_APART = 0.07


def dog_jump(jump: Jump, times: np.ndarray) -> Figure:
    """Move the dog through a jump at `times` (T,) s."""
    path = jump.path(times)
    points = {name: in_plane(at + path, 0.0) for name, at in (TRUNK | HEAD | TAIL).items()}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for ear in ("ear_top", "ear_tip"):
            points[f"{side}_{ear}"] = points[ear] + [0.0, sign * 0.055, 0.0]
    flown = jump.flown(times)
    airborne = (flown > 0) & (flown < 1)
    lift = np.maximum(path.imag, 0.0) + 0.06 * np.sin(np.pi * flown) ** 2
    step = jump.distance * minimum_jerk(flown) + 1j * np.where(airborne, lift, 0.0)
    for limb in AP10K.limbs:
        _limb(limb.name, points, step, np.sin(np.pi * flown))
    planted = {limb.name: ~airborne for limb in AP10K.limbs}
    return dressed(times, points, planted)


def _limb(name: str, points: dict[str, np.ndarray], step: np.ndarray, bent: np.ndarray) -> None:
    """Add one limb's points; step: of the paws (T,), complex; bent: 0..1, how far the paw hangs down."""
    end = "scapula" if name.endswith("fore") else "hip"
    root = points[end][:, 0] + 1j * points[end][:, 2]
    apart = (_APART if end == "scapula" else -_APART) * name.startswith("left")
    foot = TRUNK[end].real - 0.02 + apart + step + 1j * PAW_HEIGHT
    upper, lower = (FORE if end == "scapula" else HIND).solve(root, foot)
    toes = foot + 0.05 * np.exp(-1j * np.radians(18.0 + 50.0 * bent))
    side = TRACK if name.startswith("left") else -TRACK
    named = {"root": root, "upper": upper, "lower": lower, "foot": foot, "toes": toes}
    points.update({f"{name}_{part}": in_plane(at, side) for part, at in named.items()})


def jump_keypoints(jump: Jump, fps: float = 60.0, heading: int = 1, noise: float = 0.0) -> Keypoints:
    """Film a dog's jump square from the side, all joints in view; noise: m."""
    times = np.arange(round((2 * jump.rest + jump.duration) * fps)) / fps
    figure = dog_jump(jump, times)
    points, rows = figure.points, figure.keypoints
    flat = np.stack([points[rows[joint]][:, [0, 2]] for joint in AP10K.joints], axis=1) * [heading, -1]
    pixels = flat * _PIXELS_PER_METRE
    pixels += noise * _PIXELS_PER_METRE * np.random.default_rng(0).standard_normal(pixels.shape)
    pixels += 60.0 - pixels.min(axis=(0, 1))
    size = np.ceil(pixels.max(axis=(0, 1)) + 60).astype(int)
    return Keypoints(
        keypoints=np.concatenate([pixels, np.ones((*pixels.shape[:2], 1))], axis=-1),
        times=times,
        joint_names=AP10K.joints,
        skeleton=AP10K.name,
        size=(int(size[0]), int(size[1])),
        boxes=np.concatenate([pixels.min(axis=1) - 15, pixels.max(axis=1) + 15], axis=-1),
        backend="truth",
    )
