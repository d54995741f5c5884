"""Visibility of keypoints to a camera."""

from __future__ import annotations

import numpy as np

from synthesis.camera import Camera
from synthesis.figure import Figure
from synthesis.scene import View

# A marker counts as seen if this part of its disc is in view.
MIN_SEEN = 0.35


def visible(figure: Figure, camera: Camera, view: View, pixels: np.ndarray) -> np.ndarray:
    """Return (J,) bool for one frame; pixels: (J, 3) the keypoints' x, y, px, and distance, m.

    A joint with a marker is seen if enough of the marker is; a joint inside the body if nothing lies in front
    of the body's own surface there. Outside the picture nothing is seen.
    """
    width, height = camera.size
    inside = (
        (pixels[:, 0] > 0) & (pixels[:, 0] < width - 1) & (pixels[:, 1] > 0) & (pixels[:, 1] < height - 1)
    )
    column = np.rint(pixels[:, 0]).astype(int).clip(0, width - 1)
    row = np.rint(pixels[:, 1]).astype(int).clip(0, height - 1)
    names = [part.name for part in figure.parts]
    counts = np.bincount(view.part[view.part >= 0], minlength=len(names))
    seen = np.zeros(len(pixels), bool)
    for j, joint in enumerate(figure.keypoints):
        if joint in figure.seen_as:
            part = names.index(figure.seen_as[joint])
            radius = figure.parts[part].width * camera.focal_px / pixels[j, 2]
            seen[j] = counts[part] >= MIN_SEEN * np.pi * radius**2
        else:
            # The camera is level enough that distance along its axis is the depth of the surface.
            seen[j] = view.depth[row[j], column[j]] >= pixels[j, 2] - figure.joint_depth[joint]
    return seen & inside
