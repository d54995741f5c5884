"""What pose networks put out, as joints: SimCC rows and heat maps."""

from __future__ import annotations

import numpy as np


def decode_simcc(x: np.ndarray, y: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return joints (J, 3), x, y in px of the network's input and confidence, from SimCC rows (J, A), (J, B).

    A row's best place is the joint's, on a grid finer than pixels by A / width (RTMPose: 2); the confidence
    is the lesser of both rows' values there. Li et al. 2022; RTMPose (Jiang et al. 2023) as published,
    without further refinement.
    """
    columns, rows = x.argmax(1), y.argmax(1)
    best = np.minimum(x.max(1), y.max(1))
    return _joints(columns * (size[0] / x.shape[1]), rows * (size[1] / y.shape[1]), best)


def decode_heatmaps(maps: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return joints (J, 3), x, y in px of the network's input and confidence, from heat maps (J, H, W).

    The highest cell, moved by a quarter of a cell towards its higher neighbour in each direction, as published
    with HRNet (Sun et al. 2019, after Newell et al. 2016); cells on the rim stay where they are.
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
    """Put joints together; without a positive value there is none."""
    joints = np.stack([x, y, np.clip(value, 0.0, 1.0)], axis=1).astype(float)
    joints[~(value > 0)] = (np.nan, np.nan, 0.0)
    return joints
