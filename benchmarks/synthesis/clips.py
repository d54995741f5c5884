"""The example clips: subject, gait, camera and ground truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesis.camera import Camera, camera_for
from synthesis.dog import HIP_HEIGHT, dog
from synthesis.dog_jump import dog_jump
from synthesis.figure import Figure, place
from synthesis.gaits import DOG_AMBLE, DOG_RUN, HUMAN_RUN, HUMAN_WALK, SPIDER_WALK, Gait
from synthesis.human import LEG_LENGTH, human
from synthesis.human_jump import human_jump
from synthesis.jump import DOG_HOP, HUMAN_JUMP, SPIDER_JUMP, Jump
from synthesis.scene import film
from synthesis.spider import ENLARGED, spider
from synthesis.spider import HIP_HEIGHT as SPIDER_HIP_HEIGHT
from synthesis.spider_jump import spider_jump
from synthesis.visibility import visible
from video2reward.artifacts.keypoints import Keypoints
from video2reward.skeletons import skeleton


@dataclass(frozen=True)
class Subject:
    """Who moves: the figure's maker, its skeleton and backend, and what the clip's YAML says of it.

    move, jump: its motion at given times: a gait's, and a jump's
    middle: m from the hips to the middle of the body; enlarged: m in the room for 1 m of the subject
    """

    species: str
    move: Callable[[Gait, np.ndarray], Figure]
    jump: Callable[[Jump, np.ndarray], Figure]
    skeleton: str
    backend: str
    leg_length_m: float
    middle: float
    enlarged: float = 1.0


DOG = Subject("dog", dog, dog_jump, "ap10k", "markers", HIP_HEIGHT, 0.30)
HUMAN = Subject("human", human, human_jump, "coco17", "mediapipe", LEG_LENGTH, 0.0)
SPIDER = Subject("spider", spider, spider_jump, "spider", "markers", SPIDER_HIP_HEIGHT, 0.0, ENLARGED)


@dataclass(frozen=True)
class Clip:
    """One film.

    heading: 1 to the right of the picture, -1 to the left; seconds, fps: length and rate
    size: px; view_width: m of the room seen across the picture; distance, height: the camera's, m of the room
    pan: the camera turns to follow the subject; otherwise it stands still
    """

    name: str
    subject: Subject
    gait: Gait | Jump
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

    @property
    def clock(self) -> np.ndarray:
        """(T,) s of the gait or jump."""
        return self.times + (_START_CYCLES * self.gait.period_s if isinstance(self.gait, Gait) else 0.0)

    @property
    def figure(self) -> Figure:
        """The subject in motion from x = 0 along +x."""
        if isinstance(self.gait, Gait):
            return self.subject.move(self.gait, self.clock)
        return self.subject.jump(self.gait, self.clock)


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
        Clip(
            name="spider_walk", subject=SPIDER, gait=SPIDER_WALK, heading=1, seconds=2.1, fps=60.0, size=(1280, 320),
            view_width=8.4, distance=25.0, height=0.5, pan=False,
        ),
        Clip(
            "dog_hop", DOG, DOG_HOP, heading=1, seconds=2.3, fps=60.0, size=(720, 480), view_width=2.55,
            distance=12.0, height=0.5, pan=False,
        ),
        Clip(
            "human_jump", HUMAN, HUMAN_JUMP, heading=1, seconds=3.0, fps=60.0, size=(640, 640), view_width=2.9,
            distance=14.0, height=1.0, pan=False,
        ),
        Clip(
            "spider_jump", SPIDER, SPIDER_JUMP, heading=1, seconds=0.63, fps=240.0, size=(640, 360), view_width=3.5,
            distance=12.0, height=0.75, pan=False,
        ),
    )
}  # fmt: skip


def stage(clip: Clip) -> tuple[Figure, Camera]:
    """Return the figure, crossing the camera's axis half-way through the clip, and the camera."""
    clock = clip.clock
    ground = clip.subject.enlarged
    half_way = ground * float(clip.gait.way(clock[:1] + clip.seconds / 2.0)[0]) + clip.subject.middle
    figure = place(clip.figure, clip.heading, np.array([-clip.heading * half_way, 0.0, 0.0]))
    middle = clip.heading * (ground * clip.gait.way(clock) + clip.subject.middle - half_way)
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


def true_motion(clip: Clip, figure: Figure, seen: np.ndarray) -> dict[str, Any]:
    """Return what motion analysis should find, the direction and the camera."""
    found = true_gait(clip, clip.gait) if isinstance(clip.gait, Gait) else true_jump(clip.gait)
    return {
        "clip": clip.name,
        **found,
        "leg_length_m": clip.subject.leg_length_m,
        "travels": "right" if clip.heading > 0 else "left",
        "camera": "moving" if clip.pan else "fixed",
        "visible": {joint: float(seen[:, j].mean()) for j, joint in enumerate(figure.keypoints)},
    }


def true_jump(jump: Jump) -> dict[str, Any]:
    """Return a jump's timing, s, and the way of its hips, m: the greatest rise and dip from standing, and the distance."""
    path = jump.path(np.linspace(0.0, 2 * jump.rest + jump.duration, 2000))
    return {
        "motion": "jump",
        "duration_s": jump.duration,
        "flight_s": jump.flight,
        "takes_off_s": jump.takes_off,
        "lands_s": jump.lands,
        "rise_m": float(path.imag.max()),
        "drop_m": float(-path.imag.min()),
        "distance_m": jump.distance,
    }


def true_gait(clip: Clip, gait: Gait) -> dict[str, Any]:
    """Return a gait's period, speed, footfalls and duty factors."""
    clock, downs = clip.clock, {}
    limbs = [limb.name for limb in skeleton(clip.subject.skeleton).limbs]
    for limb in limbs:
        phase = gait.phase(limb, clock)
        steps = np.arange(np.ceil(phase[0]), np.floor(phase[-1]) + 1)
        downs[limb] = (steps + gait.touchdown[limb]) * gait.period_s - clock[0]
    return {
        "period_s": gait.period_s,
        "speed_m_s": gait.speed,
        "stride_m": gait.stride_m,
        "touchdown": {limb: gait.touchdown[limb] for limb in limbs},
        "duty_factor": {limb: gait.duty[limb] for limb in limbs},
        "touchdown_s": downs,
    }
