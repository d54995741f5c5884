"""One film of several: the clip with its skeleton on the left, each robot at the same stride phase right of it.

A single file, because two videos on a page drift apart.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Protocol

import numpy as np

from video2reward.artifacts.rollout import Rollout
from video2reward.pages.templates import data_address
from video2reward.report.footage import Footage
from video2reward.similarity.phase import Pairing, pair, video_phase

LONGEST = 900
"""Maximum number of frames; of longer clips the beginning is shown."""
# Height of both halves, px: the page shows each about 490 px wide; portrait video needs more.
_HEIGHT, _HEIGHT_ON_END = 360, 480
# Quality levels, best first: x264's crf, fraction of the height.
_QUALITIES = ((24, 1.0), (28, 1.0), (32, 1.0), (34, 0.75), (38, 0.6))


class Writer(Protocol):
    """Writes pictures (H, W, 3) RGB as a video that browsers play."""

    def __call__(  # noqa: D102
        self, path: Path, pictures: Iterable[np.ndarray], fps: float, crf: int
    ) -> None: ...


@dataclass(frozen=True)
class Workshop:
    """Video functions of other stages, passed in by the script.

    read: video file -> pictures (H, W, 3) RGB; write: see `Writer`
    filmed: rollout -> the agent shown in its video; fps: of rollout videos, 1/s
    """

    read: Callable[[Path], Iterator[np.ndarray]]
    write: Writer
    filmed: Callable[[Rollout], int]
    fps: float


@dataclass(frozen=True)
class Film:
    """A video ready for the page.

    address: data URL; fps: frames per second; frames: number of frames
    height: px; edges: right edges of the clip and of each robot beside it, px
    phase: (frames,) of the clip, strides; pairings: which of each robot's moments are shown with the clip's
    left_out: s of the clip beyond the video's end
    no_robot: why a robot is missing, "" if none is
    """

    address: str
    fps: float
    frames: int
    height: int
    edges: tuple[int, ...]
    phase: np.ndarray
    pairings: tuple[Pairing, ...]
    left_out: float
    no_robot: str = ""

    @property
    def pairing(self) -> Pairing | None:
        """Which moments of clip and robot are shown together; None without a robot."""
        return self.pairings[0] if self.pairings else None

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths of clip and robots, px."""
        return tuple(b - a for a, b in zip((0, *self.edges), self.edges, strict=False))


@dataclass(frozen=True)
class _Reel:
    """Pictures of a video in a given order."""

    pictures: Callable[[], Iterator[np.ndarray]]
    order: Sequence[int]

    def width(self, height: int) -> int:
        """Return the even width, px, that keeps the aspect ratio at `height`."""
        tall, wide = next(self.pictures()).shape[:2]
        return 2 * round(wide * height / tall / 2)

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield the pictures; the video is read again from its start whenever the order goes back."""
        film, at, picture = self.pictures(), -1, np.empty(0)
        for wanted in self.order:
            if wanted < at:
                film, at = self.pictures(), -1
            while at < wanted:
                picture, at = next(film), at + 1
            yield picture


def make_film(scene: Footage, workshop: Workshop, most_bytes: float, *others: Footage) -> Film | None:
    """Make the film of a scene, and of other robots with the same clip, in the best quality that fits; None if none does."""
    motion = scene.motion
    frames = min(len(motion.times), LONGEST)
    reels = [_Reel(partial(workshop.read, scene.overlay), motion.frames[:frames])]
    pairings, no_robot = [], ""
    for one in (scene, *others):
        pairing, why = _pairing(one, workshop)
        no_robot = no_robot or why
        if pairing is not None:
            order = np.rint(pairing.robot[:frames] * workshop.fps).astype(int).tolist()
            reels.append(_Reel(partial(workshop.read, one.film), order))
            pairings.append(pairing)
    on_end = motion.size[1] > motion.size[0]
    for crf, part in _QUALITIES:
        height = 2 * round((_HEIGHT_ON_END if on_end else _HEIGHT) * part / 2)
        widths = [reel.width(height) for reel in reels]
        content = _encoded(workshop.write, side_by_side(reels, widths, height), motion.fps, crf)
        if len(content) <= most_bytes:
            return Film(
                address=data_address(content, "video/mp4"),
                fps=motion.fps,
                frames=frames,
                height=height,
                edges=tuple(accumulate(widths)),
                phase=video_phase(motion)[:frames],
                pairings=tuple(pairings),
                left_out=float(motion.times[-1] - motion.times[frames - 1]),
                no_robot=no_robot,
            )
    return None


def side_by_side(
    reels: Sequence[Iterable[np.ndarray]], widths: Sequence[int], height: int
) -> Iterator[np.ndarray]:
    """Yield pictures (height, sum of widths, 3) of the reels side by side, until the shortest reel ends."""
    import cv2

    for pictures in zip(*reels, strict=False):
        halves = [
            cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
            for picture, width in zip(pictures, widths, strict=True)
        ]
        yield np.concatenate(halves, axis=1)


def _pairing(scene: Footage, workshop: Workshop) -> tuple[Pairing | None, str]:
    """Return the pairing, or None and the reason why there is no robot to show."""
    rollout, film = scene.rollout, scene.film
    if not len(rollout.fell_at):
        return None, str(rollout.info.get("reason") or "no policy could be recorded")
    if not film.exists():
        return None, f"{film} does not exist"
    pictures = sum(1 for _ in workshop.read(film))
    filmed_s = (pictures - 1) / workshop.fps
    return pair(scene.motion, scene.reference, rollout, workshop.filmed(rollout), filmed_s), ""


def _encoded(write: Writer, pictures: Iterable[np.ndarray], fps: float, crf: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        write(path, pictures, fps, crf=crf)
        return path.read_bytes()
