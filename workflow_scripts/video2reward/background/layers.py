"""Motion layers: groups of tracked points that share one similarity transform (shift, zoom, roll)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from video2reward.background.points import Points

STILL = 0.5  # px, maximum displacement of a static point within a span
_TOLERANCE, _PART = 1.0, 0.05  # px, and fraction of the displacement: inlier tolerance
_TRIALS = 150  # RANSAC trials with pairs of points, and as many with single points
_LARGEST = 0.1  # maximum zoom or roll (rad) within a span
_LAYERS, _FEWEST = 3, 3  # maximum number of moving layers, minimum number of cells of a layer


@dataclass(frozen=True)
class Layer:
    """Points of a span that move together; a layer without points is not visible.

    member: (N,) bool; cells: numbers of its cells; move: (2,) px per step, at its centre
    """

    member: np.ndarray
    cells: np.ndarray
    move: np.ndarray


def standing_layer(points: Points) -> Layer:
    """Return the points that do not move in the picture."""
    still = (np.abs(points.at - points.at[:, :1]) < STILL).all(axis=(1, 2))
    return Layer(still, np.unique(points.cell[still]), np.zeros(2))


def moving_layers(points: Points, rng: np.random.Generator) -> list[Layer]:
    """Return the moving layers, by number of cells, largest first (RANSAC, Fischler & Bolles 1981)."""
    free = ~standing_layer(points).member
    found: list[Layer] = []
    while len(found) < _LAYERS and free.any():
        member = _largest(points, np.flatnonzero(free), rng)
        cells = np.unique(points.cell[member])
        if len(cells) < _FEWEST:
            break
        steps = points.at.shape[1] - 1
        move = np.median(points.at[member, -1] - points.at[member, 0], axis=0) / steps
        found.append(Layer(member, cells, move))
        free &= ~member
    return found


def _largest(points: Points, free: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the points (N,) bool of the motion that covers the most cells."""
    start, end = (points.at[free, k] @ [1.0, 1.0j] for k in (0, -1))
    first, second = rng.integers(len(free), size=(2, _TRIALS))
    apart = start[second] - start[first]
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = np.where(apart != 0, (end[second] - end[first]) / apart, 1.0)
    turn = np.where(np.abs(turn - 1) < _LARGEST, turn, 1.0)
    turns = np.concatenate([turn, np.ones(_TRIALS)])
    base = np.concatenate([first, rng.integers(len(free), size=_TRIALS)])
    guessed = end[base, None] + turns[:, None] * (start[None] - start[base, None])
    fits = np.abs(guessed - end) < _TOLERANCE + _PART * np.abs(end - start)
    _, number = np.unique(points.cell[free], return_inverse=True)
    onto = np.zeros((len(free), number.max() + 1))
    onto[np.arange(len(free)), number] = 1.0
    best = int(np.argmax(((fits @ onto) > 0).sum(1) + 1e-3 * fits.sum(1)))
    member = np.zeros(len(points.at), bool)
    member[free[fits[best]]] = True
    return member


def steps_at(points: Points, layer: Layer, where: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the layer's displacement (2,) px in each step at the places `where` (K, 2) px, zoom and roll included."""
    at = points.at[layer.member]
    for k, place in enumerate(where):
        before, after = (at[:, i] @ [1.0, 1.0j] for i in (k, k + 1))
        away = before - before.mean()
        spread = float((np.abs(away) ** 2).sum())
        turn = (away.conj() @ (after - after.mean())) / spread if spread > 0 else 1.0
        if len(layer.cells) < 2 * _FEWEST:
            turn = 1.0  # too small to estimate a zoom
        moved = after.mean() - before.mean() + (turn - 1) * (complex(*place) - before.mean())
        yield np.array([moved.real, moved.imag])
