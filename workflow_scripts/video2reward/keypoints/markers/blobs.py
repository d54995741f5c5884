"""Connected patches of marker colour in a picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from video2reward.keypoints.markers.palette import MIN_SATURATION, MIN_VALUE, Palette, hue_distance

# Patches of fewer pixels are noise.
MIN_AREA = 6
# Saturation at which a pixel counts fully; half-covered rim pixels lie between MIN_SATURATION and this.
_FULL_SATURATION = 0.9
# Maximum area of a rim relative to its marker.
_RIM_AREA = 0.3


@dataclass(frozen=True)
class Blob:
    """A patch in one joint's colour.

    pixels: (N, 2) x, y px; weights: (N,) coverage of each pixel, 0..1
    purity: 0..1, closeness of the patch's hue to the centre of the marker's hue band
    """

    pixels: np.ndarray
    weights: np.ndarray
    purity: float

    @property
    def area(self) -> float:
        """Covered area, px^2."""
        return float(self.weights.sum())

    @property
    def centroid(self) -> np.ndarray:
        """(2,) px."""
        return np.average(self.pixels, axis=0, weights=self.weights)

    def circle(self) -> tuple[np.ndarray, float]:
        """Return centre (2,) and radius, px, of the smallest circle around the patch."""
        centre, radius = cv2.minEnclosingCircle(self.pixels.astype(np.float32))
        return np.array(centre), radius + 0.5


def find_blobs(picture: np.ndarray, palette: Palette) -> list[list[Blob]]:
    """Return the patches of each joint in a picture (H, W, 3) uint8 BGR, largest first."""
    blue, green, red = cv2.split(picture)
    low, high = cv2.min(cv2.min(blue, green), red), cv2.max(cv2.max(blue, green), red)
    vivid = (cv2.subtract(high, low) >= MIN_SATURATION * high) & (high >= 255 * MIN_VALUE)
    rows, columns = np.nonzero(vivid)
    if not len(rows):
        return [[] for _ in palette.steps]
    colours = picture[rows, columns][None].astype(np.float32) / 255.0
    hue, saturation, _ = cv2.cvtColor(colours, cv2.COLOR_BGR2HSV)[0].T
    joint = palette.joint_of_hue(hue)
    pixels = np.stack([columns, rows], axis=-1)
    found = [
        _patches(pixels[own], hue_distance(hue[own], centre), saturation[own], palette.tolerance)
        for j, centre in enumerate(palette.hues)
        for own in [joint == j]
    ]
    return _without_rims(found, palette)


def _patches(pixels: np.ndarray, off: np.ndarray, saturation: np.ndarray, tolerance: float) -> list[Blob]:
    """Split one joint's pixels (N, 2) into connected patches; off, tolerance: distance from its hue, degrees."""
    if len(pixels) < MIN_AREA:
        return []
    low = pixels.min(axis=0)
    at = pixels - low
    mask = np.zeros(np.ptp(pixels, axis=0)[::-1] + 1, np.uint8)
    mask[at[:, 1], at[:, 0]] = 1
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    label = labels[at[:, 1], at[:, 0]]
    weights = np.clip(saturation / _FULL_SATURATION, 0.0, 1.0)
    blobs = []
    for patch in range(1, count):
        own = label == patch
        if np.count_nonzero(own) >= MIN_AREA:
            purity = 1.0 - float(np.average(off[own], weights=weights[own])) / tolerance
            blobs.append(Blob(pixels[own], weights[own], purity))
    return sorted(blobs, key=lambda blob: -blob.area)


def _without_rims(found: list[list[Blob]], palette: Palette) -> list[list[Blob]]:
    """Drop small patches next to a much larger one of a neighbouring hue: they are its discoloured rim."""
    kept: list[list[Blob]] = []
    hues = palette.hues
    for j, blobs in enumerate(found):
        near = [i for i in range(len(found)) if 0 < hue_distance(hues[i], hues[j]) < 1.5 * palette.spacing]
        larger = [blob for i in near for blob in found[i]]
        kept.append([blob for blob in blobs if not any(_is_rim(blob, other) for other in larger)])
    return kept


def _is_rim(blob: Blob, other: Blob) -> bool:
    if blob.area > _RIM_AREA * other.area:
        return False
    reach = np.sqrt(other.area / np.pi) + np.sqrt(blob.area / np.pi) + 3.0
    return bool(np.linalg.norm(blob.centroid - other.centroid) <= reach)


def join(blobs: list[Blob]) -> Blob:
    """Merge several patches into one."""
    weights = np.concatenate([blob.weights for blob in blobs])
    areas = [blob.area for blob in blobs]
    purity = float(np.average([blob.purity for blob in blobs], weights=areas))
    return Blob(np.concatenate([blob.pixels for blob in blobs]), weights, purity)
