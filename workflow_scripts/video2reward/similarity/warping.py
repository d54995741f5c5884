"""Batched dynamic time warping with one path for all joints."""

from __future__ import annotations

import numpy as np

_DIAGONAL, _UP, _LEFT = 0, 1, 2
# Segments per batch: limits the memory to about 50 MB for segments of 80 samples.
_CHUNK = 128


def warp_to_best(segments: np.ndarray, candidates: np.ndarray, band: float) -> np.ndarray:
    """Return the mean distance of each joint along the path to the best candidate, (S, J), unit of the input.

    segments: (S, n, J, 2); candidates: (H, n, J, 2), such as one reference at H start phases
    band: Sakoe-Chiba half width, fraction of n

    Every segment is warped to every candidate with one path for all joints; the local cost is the mean Euclidean
    distance over joints. The best candidate has the smallest mean cost along its path.
    """
    half = max(int(band * segments.shape[1]), 1)
    chunks = [
        _warp_chunk(segments[start : start + _CHUNK], candidates, half)
        for start in range(0, len(segments), _CHUNK)
    ]
    return np.concatenate(chunks) if chunks else np.zeros((0, segments.shape[2]))


def _warp_chunk(segments: np.ndarray, candidates: np.ndarray, half: int) -> np.ndarray:
    count, shifts = len(segments), len(candidates)
    costs = _band_costs(segments, candidates, half)
    mean, moves = _accumulate(costs)
    best = mean.reshape(count, shifts).argmin(axis=1)
    chosen = moves[:, np.arange(count) * shifts + best]
    return _read_path(chosen, segments, candidates[best], half)


def _band_costs(segments: np.ndarray, candidates: np.ndarray, half: int) -> np.ndarray:
    """Return local costs (n, S * H, 2 half + 1): sample i of a segment against i + k - half of a candidate."""
    samples, joints, width = segments.shape[1], segments.shape[2], 2 * half + 1
    costs = np.full((width, len(segments), len(candidates), samples), np.inf)
    # (J, 2, S, n): time last, which is where the operations run fastest.
    own, others = (
        np.ascontiguousarray(np.moveaxis(points, (2, 3), (0, 1))) for points in (segments, candidates)
    )
    for k in range(width):
        shift = k - half
        rows = slice(max(0, -shift), samples - max(0, shift))
        columns = slice(max(0, shift), samples + min(0, shift))
        total = np.zeros((len(segments), len(candidates), rows.stop - rows.start))
        for joint, other in zip(own, others, strict=True):
            gap = joint[:, :, None, rows] - other[:, None, :, columns]
            gap *= gap
            gap[0] += gap[1]
            total += np.sqrt(gap[0], out=gap[0])
        costs[k, :, :, rows] = total / joints
    return costs.reshape(width, -1, samples).transpose(2, 1, 0)


def _accumulate(costs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Run the recursion over band costs (n, B, K); returns mean costs along the paths (B,), moves (n, B, K)."""
    samples, pairs, width = costs.shape
    half = width // 2
    total = np.full((pairs, width + 2), np.inf)  # a column of infinity on either side of the band
    length = np.zeros((pairs, width + 2))
    total[:, half + 1] = 0.0  # the diagonal predecessor of the first sample
    moves = np.zeros((samples, pairs, width), np.uint8)
    for i in range(samples):
        new_total = np.full_like(total, np.inf)
        new_length = np.zeros_like(length)
        for k in range(width):
            best, steps = total[:, k + 1], length[:, k + 1]
            move = moves[i, :, k]
            if i > 0:
                for cost, count, code in (
                    (total[:, k + 2], length[:, k + 2], _UP),
                    (new_total[:, k], new_length[:, k], _LEFT),
                ):
                    better = cost < best
                    best, steps = np.where(better, cost, best), np.where(better, count, steps)
                    move[better] = code
            elif k > half:
                best, steps = new_total[:, k], new_length[:, k]
                move[:] = _LEFT
            new_total[:, k + 1] = best + costs[i, :, k]
            new_length[:, k + 1] = steps + 1
        total, length = new_total, new_length
    return total[:, half + 1] / length[:, half + 1], moves


def _read_path(moves: np.ndarray, segments: np.ndarray, candidates: np.ndarray, half: int) -> np.ndarray:
    """Backtrack each pair's path; returns the mean distance of each joint along it, (S, J).

    moves: (n, S, K); segments, candidates: (S, n, J, 2)
    """
    pairs = np.arange(len(segments))
    i = np.full(len(pairs), segments.shape[1] - 1)
    j = i.copy()
    total = np.zeros((len(pairs), segments.shape[2]))
    length = np.zeros(len(pairs))
    alive = np.ones(len(pairs), bool)
    while alive.any():
        gap = segments[pairs, i.clip(0)] - candidates[pairs, j.clip(0)]
        total += np.where(alive[:, None], np.sqrt((gap**2).sum(axis=-1)), 0.0)
        length += alive
        move = moves[i.clip(0), pairs, (j - i + half).clip(0, 2 * half)]
        i = np.where(alive & (move != _LEFT), i - 1, i)
        j = np.where(alive & (move != _UP), j - 1, j)
        alive &= (i >= 0) & (j >= 0)
    return total / length[:, None]
