"""Decoding the outputs of pose networks: SimCC vectors and heatmaps."""

from __future__ import annotations

import numpy as np


def decode_simcc(x: np.ndarray, y: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Decode SimCC vectors (J, A), (J, B) to joints (J, 3): x, y in px of the network's input, confidence.

    The coordinate is the argmax, on a grid A / width times finer than pixels (RTMPose: 2); the confidence is
    the smaller of the two maxima. Li et al. 2022; RTMPose (Jiang et al. 2023) as published, without further
    refinement.
    """
    columns, rows = x.argmax(1), y.argmax(1)
    best = np.minimum(x.max(1), y.max(1))
    return _joints(columns * (size[0] / x.shape[1]), rows * (size[1] / y.shape[1]), best)


def decode_heatmaps(maps: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Decode heatmaps (J, H, W) to joints (J, 3): x, y in px of the network's input, confidence.

    The argmax, shifted by a quarter of a cell towards the higher neighbour along each axis, as in HRNet (Sun
    et al. 2019, after Newell et al. 2016); cells on the border are not shifted.
    """
    joints, height, width = maps.shape
    flat = maps.reshape(joints, -1)
    cell = flat.argmax(1)
    rows, columns = cell // width, cell % width
    each = np.arange(joints)
    inner_x, inner_y = (columns > 0) & (columns < width - 1), (rows > 0) & (rows < height - 1)
    right, left = (maps[each, rows, np.clip(columns + step, 0, width - 1)] for step in (1, -1))
    below, above = (maps[each, np.clip(rows + step, 0, height - 1), columns] for step in (1, -1))
    x = columns + 0.25 * np.sign(right - left) * inner_x
    y = rows + 0.25 * np.sign(below - above) * inner_y
    return _joints(x * (size[0] / width), y * (size[1] / height), flat[each, cell])


def _joints(x: np.ndarray, y: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Stack joints (J, 3); one without a positive value is unseen."""
    joints = np.stack([x, y, np.clip(value, 0.0, 1.0)], axis=1).astype(float)
    joints[~(value > 0)] = (np.nan, np.nan, 0.0)
    return joints
