"""Videos with disturbances: captions, bars, other walkers, a bare wall, a shaking camera."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from synthesis.camera import Camera
from synthesis.clips import Clip, stage, true_pixels
from synthesis.figure import Figure, Part, place
from synthesis.gaits import Gait
from synthesis.human import human
from synthesis.scene import pictures

OVERLAYS = ("caption", "logo", "bars", "clock")


@dataclass(frozen=True)
class Walker:
    """Another person. heading: 1 or -1; ahead, aside: m from the subject half-way through the film, aside is away."""

    heading: int
    ahead: float
    aside: float


@dataclass(frozen=True)
class Disturbance:
    """What a film has beside its subject.

    overlays: of `OVERLAYS`, which never move; walkers: other people; bare: the wall shows nothing
    shake: px, the standard deviation of an unsteady hand; zoom: how much larger the end is than the beginning
    """

    name: str
    overlays: tuple[str, ...] = ()
    walkers: tuple[Walker, ...] = ()
    bare: bool = False
    shake: float = 0.0
    zoom: float = 1.0


CROSSER = Walker(-1, 0.0, 0.5)
BESIDE = (Walker(1, 1.0, 0.5), Walker(1, -1.0, 0.6))
CAPTION = ("caption",)
DISTURBANCES = (
    Disturbance("nothing else"),
    Disturbance("a caption", CAPTION),
    Disturbance("a logo and bars", ("logo", "bars")),
    Disturbance("a caption and a running clock", ("caption", "clock")),
    Disturbance("a person comes across", walkers=(CROSSER,)),
    Disturbance("two people go along", walkers=BESIDE),
    Disturbance("a caption, a person across", CAPTION, (CROSSER,)),
    Disturbance("a bare wall", bare=True),
    Disturbance("a bare wall, a caption", CAPTION, bare=True),
    Disturbance("a bare wall, a person across", walkers=(CROSSER,), bare=True),
    Disturbance("an unsteady hand, a caption", CAPTION, shake=2.0),
    Disturbance("a zoom of 1.2, a logo", ("logo",), zoom=1.2),
)


def disturbed(clip: Clip, what: Disturbance) -> tuple[Iterator[np.ndarray], np.ndarray]:
    """Return the frames, (H, W, 3) uint8 RGB, and the subject's true keypoints (T, J, 2) px."""
    figure, camera = stage(clip)
    move = _unsteady(len(clip.times), what)
    pixels = true_pixels(figure, camera)[..., :2]
    middle = (np.array(clip.size) - 1) / 2
    pixels = move[:, None, :1] * (pixels - middle) + middle + move[:, None, 1:]
    return _frames(clip, what, _together(clip, figure, what), camera, move), pixels


def _frames(
    clip: Clip, what: Disturbance, figure: Figure, camera: Camera, move: np.ndarray
) -> Iterator[np.ndarray]:
    import cv2

    width, height = clip.size
    for t, picture in enumerate(pictures(figure, camera, what.bare)):
        zoom, x, y = move[t]
        by = np.array(
            [[zoom, 0, (1 - zoom) * (width - 1) / 2 + x], [0, zoom, (1 - zoom) * (height - 1) / 2 + y]]
        )
        picture = cv2.warpAffine(picture, by, clip.size, borderMode=cv2.BORDER_REPLICATE)
        yield overlaid(picture, what.overlays, clip.times[t])


def _unsteady(count: int, what: Disturbance) -> np.ndarray:
    """Return the picture's zoom and displacement in px, (T, 3): a hand's slow and quick trembling."""
    rng = np.random.default_rng(3)
    clock = np.arange(count) / count
    zoom = what.zoom**clock
    waves = sum(
        np.sin(2 * np.pi * (cycles * clock[:, None] + rng.uniform(size=2))) / np.sqrt(number)
        for number, cycles in enumerate((3.0, 7.0, 17.0), 1)
    )
    return np.column_stack([zoom, what.shake * np.asarray(waves)])


def overlaid(picture: np.ndarray, overlays: tuple[str, ...], seconds: float) -> np.ndarray:
    """Return a picture (H, W, 3) with what is written over films."""
    import cv2

    height, width = picture.shape[:2]
    picture, font, size = picture.copy(), cv2.FONT_HERSHEY_DUPLEX, height / 480
    thick = max(1, round(size))

    def write(text: str, x: float, y: float, scale: float) -> None:
        at = (round(x * width), round(y * height))
        cv2.putText(picture, text, at, font, scale * size, (20, 20, 20), 4 * thick, cv2.LINE_AA)
        cv2.putText(picture, text, at, font, scale * size, (255, 255, 255), thick, cv2.LINE_AA)

    if "bars" in overlays:
        bar = round(0.06 * height)
        picture[:bar] = picture[-bar:] = 0
    if "caption" in overlays:
        write("Gait laboratory, second recording,", 0.12, 0.06, 0.7)
        write("subject walks at a comfortable speed", 0.12, 0.13, 0.7)
    if "logo" in overlays:
        cv2.circle(
            picture, (round(0.92 * width), round(0.09 * height)), round(0.06 * height), (230, 60, 40), -1
        )
        write("V2", 0.89, 0.11, 0.7)
    if "clock" in overlays:
        write(f"REC 00:{seconds:05.2f}", 0.04, 0.985, 0.7)
    return picture


def _together(clip: Clip, figure: Figure, what: Disturbance) -> Figure:
    """Return the subject and the other walkers as one figure; its keypoints stay the subject's."""
    assert isinstance(clip.gait, Gait), "walkers walk beside a walker"
    for number, walker in enumerate(what.walkers):
        gait = replace(clip.gait, period_s=0.96 * clip.gait.period_s) if number % 2 else clip.gait
        clock = clip.times + 0.4 * gait.period_s
        half_way = gait.speed * (clock[0] + clip.seconds / 2)
        at = np.array([walker.ahead - walker.heading * half_way, walker.aside, 0.0])
        other = place(human(gait, clock), walker.heading, at)
        name = f"other{number}_"
        points = {name + key: value for key, value in other.points.items()}
        parts = tuple(_renamed(part, name) for part in other.parts)
        figure = replace(figure, points=figure.points | points, parts=figure.parts + parts)
    return figure


def _renamed(part: Part, name: str) -> Part:
    return replace(
        part, name=name + part.name, start=name + part.start, end=name + part.end if part.end else ""
    )
