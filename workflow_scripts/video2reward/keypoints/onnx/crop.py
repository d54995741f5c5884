"""Crops and colour normalisation for pose networks."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

PADDING = 1.25  # crop size over box size, usual in top-down pose estimation since Xiao et al. 2018


@dataclass(frozen=True)
class Preparation:
    """A network's colour order, and mean and standard deviation per channel (values 0..255) in that order."""

    colours: str
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        """Return a picture, (H, W, 3) uint8 BGR, as (1, 3, H, W) float32."""
        prepared = np.empty((1, 3, *picture.shape[:2]), np.float32)
        for i, (mean, std) in enumerate(zip(self.mean, self.std, strict=True)):
            plane = picture[..., 2 - i if self.colours == "rgb" else i]
            np.multiply(plane, np.float32(1.0 / std), out=prepared[0, i])
            prepared[0, i] -= np.float32(mean / std)
        return prepared


@dataclass(frozen=True)
class Cut:
    """An axis-aligned crop scaled to a network's input: centre (2,) and extent (2,) in px of the picture."""

    centre: np.ndarray
    extent: np.ndarray
    size: tuple[int, int]

    def picture(self, picture: np.ndarray, part: int = 1) -> np.ndarray:
        """Return the crop (height, width, 3), black outside the picture, which was downscaled by `part`."""
        scale = part * np.array(self.size) / self.extent
        # A pixel of the downscaled picture has its centre (part - 1) / 2 px past that of the first pixel it covers.
        shift = np.array(self.size) / 2 - (self.centre - (part - 1) / 2) / part * scale
        move = np.array([[scale[0], 0.0, shift[0]], [0.0, scale[1], shift[1]]])
        return np.asarray(cv2.warpAffine(picture, move, self.size, flags=cv2.INTER_LINEAR))

    def back(self, joints: np.ndarray) -> np.ndarray:
        """Map joints (J, 3) from px of the network's input to px of the picture."""
        moved = joints.copy()
        moved[:, :2] = self.centre + (joints[:, :2] / self.size - 0.5) * self.extent
        return moved


def cut_around(box: np.ndarray, size: tuple[int, int], zoom: float = 1.0) -> Cut:
    """Return the crop around a box (4,): padded and extended to the aspect ratio of `size`.

    zoom: enlarges the crop, for a subject that was lost
    """
    extent = PADDING * zoom * np.maximum(box[2:] - box[:2], 1.0)
    ratio = size[0] / size[1]
    extent = np.array([max(extent[0], extent[1] * ratio), max(extent[1], extent[0] / ratio)])
    return Cut((box[:2] + box[2:]) / 2, extent, size)
