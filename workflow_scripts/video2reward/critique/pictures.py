"""Draw pairs: the clip cropped to its subject on the left, the robot on the right, legs of one length, labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from video2reward.artifacts.io import atomic_path
from video2reward.errors import UserError

Half = Callable[[np.ndarray, tuple[int, int]], np.ndarray]
"""A (2, 3) map from the clip's pictures to a half's px, and its width and height -> the half, (H, W, 3) uint8 BGR."""
WriteFilm = Callable[[Path, Iterable[np.ndarray], float], None]
"""Writes pictures (H, W, 3) uint8 RGB as a film of so many a second."""
FILM_FPS = 2.0
"""Pictures a second of a film: as many as Qwen's processors look at; vLLM looks at 32 in all. No picture is skipped."""

_STRIP = 28  # px, for the labels above a pair
_PAPER, _INK = (245, 245, 245), (30, 30, 30)
_GAP = 6  # px between the halves
_QUALITY = 88  # of the JPEG files
_GRID_WIDTH = 0.6  # of a pair in a grid, by which its pictures stay within what models look at


@dataclass(frozen=True)
class Framing:
    """How the robot stands in its film; leg: its leg length, px; ground: height of the ground below the upper edge, px."""

    leg: float
    ground: float


@dataclass(frozen=True)
class ClipView:
    """How the subject stands in the clip's pictures.

    leg: its leg length, px; places: (N, 2) x of its middle and y of the ground below it in each picture, px
    mirrored: whether it goes to the left, so that the pictures are mirrored
    """

    leg: float
    places: np.ndarray
    mirrored: bool


def from_picture(picture: np.ndarray) -> Half:
    """Return the clip's half, cropped from its picture (h, w, 3) uint8 BGR; grey beyond the rim."""
    import cv2

    def crop(moved: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        kind = cv2.INTER_AREA if moved[1, 1] < 1 else cv2.INTER_LINEAR
        beyond = cv2.BORDER_CONSTANT
        return np.asarray(
            cv2.warpAffine(picture, moved, size, flags=kind, borderMode=beyond, borderValue=(190,) * 3)
        )

    return crop


def from_keypoints(joints: np.ndarray, draw: Callable[[np.ndarray, np.ndarray], None]) -> Half:
    """Return the clip's half, drawn on plain paper: nothing of the picture is in it.

    joints: (J, 3) x, y px in the clip's picture, and confidence; draw: a skeleton onto a picture, as `joints`
    """

    def drawn(moved: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        paper = np.full((size[1], size[0], 3), _PAPER, np.uint8)
        places = joints[:, :2] @ moved[:, :2].T + moved[:, 2]
        draw(paper, np.column_stack([places, joints[:, 2]]))
        return paper

    return drawn


def draw_pairs(
    clip: Iterable[Half],
    robot: Sequence[np.ndarray],
    view: ClipView,
    framing: Framing,
    labels: Sequence[str],
) -> list[np.ndarray]:
    """Return pairs (H, W, 3) uint8 BGR; robot: (h, w, 3) uint8 BGR; labels: of each pair's moment."""
    pairs = []
    for left, right, place, label in zip(clip, robot, view.places, labels, strict=True):
        height, width = right.shape[:2]
        scale = framing.leg / view.leg
        moved = [[scale, 0, width / 2 - scale * place[0]], [0, scale, framing.ground - scale * place[1]]]
        shown = left(np.array(moved), (width, height))
        if view.mirrored:
            shown = np.ascontiguousarray(shown[:, ::-1])
        halves = [
            _labelled(half, f"{whose}, {label}") for half, whose in ((shown, "VIDEO"), (right, "ROBOT"))
        ]
        pairs.append(np.hstack([halves[0], np.full((height + _STRIP, _GAP, 3), 255, np.uint8), halves[1]]))
    return pairs


def arrange_grid(pairs: Sequence[np.ndarray]) -> np.ndarray:
    """Return all pairs in one picture, two beside each other, in reading order."""
    import cv2

    small = [cv2.resize(p, None, fx=_GRID_WIDTH, fy=_GRID_WIDTH, interpolation=cv2.INTER_AREA) for p in pairs]
    if len(small) == 1:
        return np.asarray(small[0])
    small += [np.full_like(small[0], 255)] * (len(small) % 2)
    return np.vstack([np.hstack(small[i : i + 2]) for i in range(0, len(small), 2)])


def resized(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a picture shrunk to `size`, (width, height)."""
    import cv2

    if size == picture.shape[1::-1]:
        return picture
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def write_pair_film(folder: Path, pairs: Sequence[np.ndarray], write: WriteFilm) -> list[Path]:
    """Write a folder with all pairs in one film, film_01.mp4, and return it."""
    with atomic_path(folder) as aside:
        aside.mkdir()
        write(aside / "film_01.mp4", (pair[:, :, ::-1] for pair in pairs), FILM_FPS)
    return [folder / "film_01.mp4"]


def write_pictures(folder: Path, pictures: Sequence[np.ndarray], name: str) -> list[Path]:
    """Write a folder of JPEG files, name_01.jpg and so on, and return them."""
    import cv2

    with atomic_path(folder) as aside:
        aside.mkdir()
        for number, picture in enumerate(pictures, start=1):
            good, content = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
            if not good:
                raise UserError(
                    f"a picture of {picture.shape[1]}x{picture.shape[0]} px cannot be written; lower critique.count"
                )
            (aside / f"{name}_{number:02d}.jpg").write_bytes(content.tobytes())
    return sorted(folder.glob(f"{name}_*.jpg"))


def _labelled(picture: np.ndarray, words: str) -> np.ndarray:
    import cv2

    strip = np.full((_STRIP, picture.shape[1], 3), _PAPER, np.uint8)
    cv2.putText(strip, words, (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.6, _INK, 1, cv2.LINE_AA)
    return np.vstack([strip, picture])
