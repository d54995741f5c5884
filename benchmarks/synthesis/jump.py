"""A dog that stands, crouches, jumps forward, lands and stands again: a single motion between rests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesis.dog import FORE, HEAD, HIND, PAW_HEIGHT, TRACK, TRUNK, markers
from synthesis.figure import in_plane
from synthesis.footfall import minimum_jerk
from video2reward.artifacts.keypoints import Keypoints
from video2reward.skeletons import AP10K

_GRAVITY, _PIXELS_PER_METRE = 9.81, 200.0


@dataclass(frozen=True)
class Jump:
    """Times in s, lengths in m.

    rest: before and after; crouch, push, flight, land: the parts of the jump, in this order; dip: of the trunk when
    crouching and landing; distance: forward
    """

    rest: float = 0.7
    crouch: float = 0.25
    push: float = 0.12
    flight: float = 0.36
    land: float = 0.35
    dip: float = 0.09
    distance: float = 0.55

    @property
    def rise(self) -> float:
        """How high the trunk flies above where it takes off."""
        return _GRAVITY * self.flight**2 / 8

    @property
    def takes_off(self) -> float:
        """When the feet leave the ground."""
        return self.rest + self.crouch + self.push

    @property
    def duration(self) -> float:
        """From the first to the last movement."""
        return self.crouch + self.push + self.flight + self.land


def jump_keypoints(jump: Jump, fps: float = 60.0, heading: int = 1, noise: float = 0.0) -> Keypoints:
    """Film a jump square from the side; noise: m."""
    times = np.arange(round((2 * jump.rest + jump.duration) * fps)) / fps
    path = _path(jump, times)
    points = {name: in_plane(at + path, 0.0) for name, at in (TRUNK | HEAD).items()}
    flown = np.clip((times - jump.takes_off) / jump.flight, 0.0, 1.0)
    lift = np.maximum(path.imag, 0.0) + 0.06 * np.sin(np.pi * flown) ** 2
    step = jump.distance * minimum_jerk(flown) + 1j * np.where((flown > 0) & (flown < 1), lift, 0.0)
    for limb in AP10K.limbs:
        fore = limb.name.endswith("fore")
        root = points["scapula" if fore else "hip"]
        foot = TRUNK["scapula" if fore else "hip"].real - 0.02 + step + 1j * PAW_HEIGHT
        upper, lower = (FORE if fore else HIND).solve(root[:, 0] + 1j * root[:, 2], foot)
        side = TRACK if limb.name.startswith("left") else -TRACK
        named = {"root": root[:, 0] + 1j * root[:, 2], "upper": upper, "lower": lower, "foot": foot}
        points.update({f"{limb.name}_{name}": in_plane(at, side) for name, at in named.items()})
    rows = markers(points)
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


def _path(jump: Jump, times: np.ndarray) -> np.ndarray:
    """Return the trunk's way from where it stands, complex forward + i up, m, without a jerk."""
    from scipy.interpolate import CubicHermiteSpline

    up = _GRAVITY * jump.flight / 2
    on = jump.distance / jump.flight * 0.75
    before, after = 0.125 * jump.distance, 0.875 * jump.distance
    off, down = jump.takes_off, jump.takes_off + jump.flight
    knots = (
        (jump.rest, 0.0, 0.0, 0.0, 0.0),
        (jump.rest + jump.crouch, 0.0, -jump.dip, 0.0, 0.0),
        (off, before, 0.0, on, up),
        (down, after, 0.0, on, -up),
        (down + 0.35 * jump.land, jump.distance, -jump.dip, 0.0, 0.0),
        (down + jump.land, jump.distance, 0.0, 0.0, 0.0),
    )
    at, x, y, speed, rise = (np.array(column) for column in zip(*knots, strict=True))
    within = np.clip(times, at[0], at[-1])
    forward, height = CubicHermiteSpline(at, x, speed)(within), CubicHermiteSpline(at, y, rise)(within)
    flown = (times > off) & (times < down)
    ballistic = up * (times - off) - _GRAVITY * (times - off) ** 2 / 2
    path: np.ndarray = forward + 1j * np.where(flown, ballistic, height)
    return path
