"""FastDTW (Salvador and Chan 2007) with radius 1, of many pairs of series at once.

Series are halved until they have fewer than three samples. The path found at one resolution, widened by a sample on
every side, is the window of the next finer one. The package `fastdtw` gives the same, one pair at a time.
"""

from __future__ import annotations

import numpy as np

_RADIUS = 1
_UP, _LEFT = 0, 1  # the path came from the previous sample of the first, of the second series; else of both


def fast_dtw(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the summed Euclidean distances along the paths, (B,), and the paths' numbers of pairs, (B,).

    first: (B, n, 2); second: (B, m, 2)
    """
    total, path = _aligned(first, second)
    return total, path.sum(axis=(1, 2))


def _aligned(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the summed distances, (B,), and the pairs on each path, (B, n, m) bool."""
    shape = len(first), first.shape[1], second.shape[1]
    if min(shape[1:]) < _RADIUS + 2:
        window = np.ones(shape, bool)
    else:
        window = _widened(_aligned(_halved(first), _halved(second))[1])[:, : shape[1], : shape[2]]
    gap = first[:, :, None] - second[:, None]
    return _shortest(np.where(window, np.hypot(gap[..., 0], gap[..., 1]), np.inf))


def _halved(series: np.ndarray) -> np.ndarray:
    """Average neighbouring samples of (B, n, 2); an odd last one is dropped."""
    even = series.shape[1] // 2 * 2
    return (series[:, 0:even:2] + series[:, 1:even:2]) / 2


def _widened(path: np.ndarray) -> np.ndarray:
    """Widen paths (B, n, m) by the radius and double their resolution, (B, 2 n + 2, 2 m + 2)."""
    wide = np.zeros((len(path), path.shape[1] + 1, path.shape[2] + 1), bool)
    for i in range(-_RADIUS, _RADIUS + 1):
        for j in range(-_RADIUS, _RADIUS + 1):
            part = path[:, max(0, -i) :, max(0, -j) :]
            rows, columns = max(0, i), max(0, j)
            wide[:, rows : rows + part.shape[1], columns : columns + part.shape[2]] |= part
    return wide.repeat(2, axis=1).repeat(2, axis=2)


def _shortest(costs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least sums of costs (B, n, m) along paths, (B,), and the paths, (B, n, m) bool.

    All pairs of samples whose indices have the same sum are computed together.
    """
    count, n, m = costs.shape
    # Totals of one diagonal by the first series' index, after a column for the index -1.
    before, last = np.full((2, count, n + 1), np.inf)
    before[:, 0] = 0.0
    moves = np.zeros((n + m - 1, count, n), np.uint8)
    for diagonal in range(n + m - 1):
        low, high = max(0, diagonal - m + 1), min(n, diagonal + 1)
        rows = np.arange(low, high)
        cost = costs[:, rows, diagonal - rows]
        steps = np.stack([last[:, low:high], last[:, low + 1 : high + 1], before[:, low:high]]) + cost
        moves[diagonal, :, low:high] = steps.argmin(axis=0)
        before, last = last, np.full_like(last, np.inf)
        last[:, low + 1 : high + 1] = steps.min(axis=0)
    return last[:, n], _paths(moves, n, m)


def _paths(moves: np.ndarray, n: int, m: int) -> np.ndarray:
    """Follow the moves (diagonals, B, n) back from the last pair -> the pairs on each path, (B, n, m) bool."""
    count = moves.shape[1]
    path = np.zeros((count, n, m), bool)
    pairs, i, j = np.arange(count), np.full(count, n - 1), np.full(count, m - 1)
    while len(pairs):
        path[pairs, i, j] = True
        move = moves[i + j, pairs, i]
        i, j = i - (move != _LEFT), j - (move != _UP)
        left = (i >= 0) & (j >= 0)
        pairs, i, j = pairs[left], i[left], j[left]
    return path
