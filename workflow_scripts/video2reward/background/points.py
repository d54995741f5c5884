"""Tracking corners through a few pictures at a time (sparse optical flow)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

COLUMNS = 20  # grid cells across the picture, so that many corners of a caption do not outweigh few of a wall
_PER_CELL = 4
# Minimum eigenvalue of a corner's structure tensor: a step of about 5 grey levels. Absolute, as white letters would put
# all corners of a pale wall below a relative threshold.
_LEAST = 3e-5
_APART = 5  # px, minimum distance of corners
_BACK = 0.7  # px, maximum forward-backward error
_MARGIN = 0.1  # margin of the subject's excluded box, fraction of its size
_FOLLOW = {"winSize": (21, 21), "maxLevel": 4, "minEigThreshold": 1e-5}


@dataclass(frozen=True)
class Points:
    """Points tracked from picture `first` through a whole span.

    at: (N, K + 1, 2) px; cell: (N,) number of each point's first cell; size: (width, height) px
    outside: (C,) bool, cells outside the subject's box
    """

    first: int
    at: np.ndarray
    cell: np.ndarray
    size: tuple[int, int]
    outside: np.ndarray


def cell_grid(size: tuple[int, int]) -> tuple[int, int]:
    """Return the numbers of columns and rows of approximately square cells."""
    return COLUMNS, max(1, round(COLUMNS * size[1] / size[0]))


def follow_points(pictures: Iterable[np.ndarray], boxes: np.ndarray | None, span: int) -> Iterator[Points]:
    """Yield `Points` for each span of `span` steps; the last may be shorter.

    pictures: (H, W) uint8; boxes: (N, 4) px of the subject, whose points are excluded
    """
    held: list[np.ndarray] = []
    first = 0
    for picture in pictures:
        held.append(picture)
        if len(held) == span + 1:
            yield _follow(held, first, boxes)
            first, held = first + span, [picture]
    if len(held) > 1:
        yield _follow(held, first, boxes)


def _follow(pictures: list[np.ndarray], first: int, boxes: np.ndarray | None) -> Points:
    """Track the corners of the first picture with a forward-backward check (Lucas & Kanade 1981)."""
    import cv2

    height, width = pictures[0].shape
    size = (width, height)
    start = _corners(pictures[0])
    path, good = [start], np.ones(len(start), bool)
    for before, after in pairwise(pictures):
        if not len(start):
            break
        there, ok, _ = cv2.calcOpticalFlowPyrLK(before, after, path[-1], None, **_FOLLOW)  # type: ignore[call-overload]
        back, ok_back, _ = cv2.calcOpticalFlowPyrLK(after, before, there, None, **_FOLLOW)  # type: ignore[call-overload]
        good &= (ok.ravel() == 1) & (ok_back.ravel() == 1)
        good &= np.linalg.norm(back - path[-1], axis=-1) < _BACK
        good &= ((there >= 0) & (there < size)).all(-1)
        path.append(there)
    at = np.stack(path, axis=1).astype(float) if len(start) else np.zeros((0, len(pictures), 2))
    own = _wide(boxes[first : first + len(pictures)]) if boxes is not None else np.zeros((0, 4))
    for k, (x0, y0, x1, y1) in enumerate(own[: at.shape[1]]):
        x, y = at[:, k].T
        good &= ~((x > x0) & (x < x1) & (y > y0) & (y < y1))
    at = at[good]
    return Points(first, at, _cells(at[:, 0], size), size, _outside(own[:1], size))


def _corners(picture: np.ndarray) -> np.ndarray:
    """Return the strongest corners of each cell, (N, 2) px."""
    import cv2

    strength = cv2.cornerMinEigenVal(picture, 5)
    peak = cv2.dilate(strength, np.ones((2 * _APART + 1,) * 2, np.uint8))
    y, x = np.nonzero((strength == peak) & (strength > _LEAST))
    order = np.argsort(-strength[y, x], kind="stable")
    at = np.stack([x, y], axis=-1)[order]
    cell = _cells(at, picture.shape[::-1])
    rank = np.zeros(len(at), int)
    by_cell = np.argsort(cell, kind="stable")
    begins = np.searchsorted(cell[by_cell], cell[by_cell])
    rank[by_cell] = np.arange(len(at)) - begins
    return at[rank < _PER_CELL].astype(np.float32)


def _cells(at: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    columns, rows = cell_grid((size[0], size[1]))
    column, row = np.clip((at / size * (columns, rows)).astype(int), 0, (columns - 1, rows - 1)).T
    return np.asarray(row * columns + column)


def _outside(box: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    columns, rows = cell_grid(size)
    x, y = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
    inside = np.zeros(x.shape, bool)
    for x0, y0, x1, y1 in box:
        inside |= (x * size[0] > x0) & (x * size[0] < x1) & (y * size[1] > y0) & (y * size[1] < y1)
    return ~inside.ravel()


def _wide(boxes: np.ndarray) -> np.ndarray:
    margin = _MARGIN * (boxes[:, 2:] - boxes[:, :2])
    return np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], axis=1)
