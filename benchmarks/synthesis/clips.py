"""The example clips: subject, gait, camera and ground truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesis.camera import Camera, camera_for
from synthesis.dog import HIP_HEIGHT, dog
from synthesis.figure import Figure, place
from synthesis.gaits import DOG_AMBLE, DOG_RUN, HUMAN_RUN, HUMAN_WALK, Gait
from synthesis.human import LEG_LENGTH, human
from synthesis.scene import film
from synthesis.visibility import visible
from video2reward.artifacts.keypoints import Keypoints
from video2reward.skeletons import skeleton


@dataclass(frozen=True)
class Subject:
    """Who moves: the figure's maker, its skeleton and backend, and what the clip's YAML says of it.

    middle: m from the hips to the middle of the body
    """

    species: str
    move: Callable[[Gait, np.ndarray], Figure]
    skeleton: str
    backend: str
    leg_length_m: float
    middle: float


DOG = Subject("dog", dog, "ap10k", "markers", HIP_HEIGHT, 0.30)
HUMAN = Subject("human", human, "coco17", "mediapipe", LEG_LENGTH, 0.0)


@dataclass(frozen=True)
class Clip:
    """One film.

    heading: 1 to the right of the picture, -1 to the left; seconds, fps: length and rate
    size: px; view_width: m seen across the picture; distance, height: the camera's, m
    pan: the camera turns to follow the subject; otherwise it stands still
    """

    name: str
    subject: Subject
    gait: Gait
    heading: int
    seconds: float
    fps: float
    size: tuple[int, int]
    view_width: float
    distance: float
    height: float
    pan: bool

    @property
    def times(self) -> np.ndarray:
        """(T,) s from the clip's start."""
        return np.arange(round(self.seconds * self.fps)) / self.fps


# The gait's clock at the first frame, so that no clip begins with a touchdown.
_START_CYCLES = 0.13


def _pair(name: str, fixed: dict[str, Any], pan: dict[str, Any], **shared: Any) -> tuple[Clip, Clip]:
    return (
        Clip(name=name, pan=False, **shared, **fixed),
        Clip(name=f"{name}_pan", pan=True, **shared, **pan),
    )


CLIPS: dict[str, Clip] = {
    clip.name: clip
    for clip in (
        *_pair(
            "dog_amble",
            {"seconds": 2.5, "size": (960, 400), "view_width": 4.25, "distance": 14.0},
            {"seconds": 3.2, "size": (640, 480), "view_width": 2.5, "distance": 14.0},
            subject=DOG, gait=DOG_AMBLE, heading=1, fps=60.0, height=0.5,
        ),
        *_pair(
            "dog_run",
            {"seconds": 1.9, "size": (1280, 400), "view_width": 6.4, "distance": 20.0},
            {"seconds": 2.6, "size": (640, 480), "view_width": 2.7, "distance": 18.0},
            subject=DOG, gait=DOG_RUN, heading=-1, fps=60.0, height=0.5,
        ),
        *_pair(
            "human_walk",
            {"seconds": 3.4, "size": (960, 480), "view_width": 5.4, "distance": 16.0},
            {"seconds": 3.6, "size": (640, 480), "view_width": 3.0, "distance": 16.0},
            subject=HUMAN, gait=HUMAN_WALK, heading=1, fps=30.0, height=1.0,
        ),
        *_pair(
            "human_run",
            {"seconds": 2.3, "size": (1280, 480), "view_width": 8.2, "distance": 22.0},
            {"seconds": 2.6, "size": (640, 480), "view_width": 3.2, "distance": 22.0},
            subject=HUMAN, gait=HUMAN_RUN, heading=-1, fps=60.0, height=1.0,
        ),
    )
}  # fmt: skip


def stage(clip: Clip) -> tuple[Figure, Camera]:
    """Return the figure, crossing the camera's axis half-way through the clip, and the camera."""
    clock = clip.times + _START_CYCLES * clip.gait.period_s
    half_way = clip.gait.speed * (clock[0] + clip.seconds / 2.0) + clip.subject.middle
    figure = clip.subject.move(clip.gait, clock)
    figure = place(figure, clip.heading, np.array([-clip.heading * half_way, 0.0, 0.0]))
    middle = clip.heading * (clip.gait.speed * clock + clip.subject.middle - half_way)
    # Who follows a dog by hand is a little behind it, then ahead.
    aim = middle + 0.10 * np.sin(2.0 * np.pi * clip.times / 1.7) if clip.pan else np.zeros_like(middle)
    camera = camera_for(clip.size, clip.view_width, clip.distance, clip.height, aim)
    return figure, camera


def true_pixels(figure: Figure, camera: Camera) -> np.ndarray:
    """Return (T, J, 3): the keypoints' x, y in px and their distance in m."""
    points = np.stack([figure.points[at] for at in figure.keypoints.values()], axis=1)
    return camera.project(points)


def shoot(clip: Clip, figure: Figure, camera: Camera, seen: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the frames, (H, W, 3) uint8 RGB, and note in `seen` (T, J) which keypoints each shows."""
    pixels = true_pixels(figure, camera)
    for t, view in enumerate(film(figure, camera)):
        seen[t] = visible(figure, camera, view, pixels[t])
        yield view.picture


def true_keypoints(clip: Clip, figure: Figure, camera: Camera, seen: np.ndarray) -> Keypoints:
    """Return the clip's keypoints; hidden ones keep their place, with confidence 0.

    Boxes span all keypoints and a tenth of their extent around them.
    """
    pixels = true_pixels(figure, camera)
    low, high = pixels[..., :2].min(axis=1), pixels[..., :2].max(axis=1)
    margin = 0.1 * (high - low)
    limit = np.array([*clip.size, *clip.size], float)
    return Keypoints(
        keypoints=np.concatenate([pixels[..., :2], seen[..., None]], axis=-1),
        times=clip.times,
        joint_names=tuple(figure.keypoints),
        skeleton=clip.subject.skeleton,
        size=clip.size,
        boxes=np.concatenate([low - margin, high + margin], axis=-1).clip(0.0, limit),
        backend="truth",
    )


def true_gait(clip: Clip, figure: Figure, seen: np.ndarray) -> dict[str, Any]:
    """Return what motion analysis should find: period, speed, footfalls, duty factors, direction, camera."""
    gait = clip.gait
    clock = clip.times + _START_CYCLES * gait.period_s
    downs = {}
    limbs = [limb.name for limb in skeleton(clip.subject.skeleton).limbs]
    for limb in limbs:
        phase = gait.phase(limb, clock)
        steps = np.arange(np.ceil(phase[0]), np.floor(phase[-1]) + 1)
        downs[limb] = (steps + gait.touchdown[limb]) * gait.period_s - clock[0]
    return {
        "clip": clip.name,
        "period_s": gait.period_s,
        "speed_m_s": gait.speed,
        "stride_m": gait.stride_m,
        "leg_length_m": clip.subject.leg_length_m,
        "touchdown": {limb: gait.touchdown[limb] for limb in limbs},
        "duty_factor": {limb: gait.duty[limb] for limb in limbs},
        "touchdown_s": downs,
        "travels": "right" if clip.heading > 0 else "left",
        "camera": "moving" if clip.pan else "fixed",
        "visible": {joint: float(seen[:, j].mean()) for j, joint in enumerate(figure.keypoints)},
    }
