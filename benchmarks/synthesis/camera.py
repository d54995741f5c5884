"""A camera at a fixed place, with a fixed direction or panning to follow the figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Camera:
    """A pinhole camera on the figure's right, x to the right of the picture, z up.

    position: (3,) m; yaw: (T,) rad to the right of the y axis, one a frame; pitch: rad upwards
    fovy: vertical field of view, rad; size: (width, height), px
    """

    position: np.ndarray
    yaw: np.ndarray
    pitch: float
    fovy: float
    size: tuple[int, int]

    @property
    def focal_px(self) -> float:
        """Focal length, px."""
        return float(self.size[1] / 2.0 / np.tan(self.fovy / 2.0))

    def axes(self) -> np.ndarray:
        """Return the camera's right, up and backward directions in the world, (T, 3, 3), as columns."""
        cos, sin = np.cos(self.yaw), np.sin(self.yaw)
        rise, zero = np.full_like(cos, np.sin(self.pitch)), np.zeros_like(cos)
        level = np.cos(self.pitch)
        right = np.stack([cos, -sin, zero], axis=-1)
        ahead = np.stack([sin * level, cos * level, rise], axis=-1)
        up = np.cross(right, ahead)
        return np.stack([right, up, -ahead], axis=-1)

    def project(self, points: np.ndarray) -> np.ndarray:
        """Project points (T, J, 3) m -> (T, J, 3): x right and y down in px, and distance along the axis, m.

        The centre of the first pixel is at (0, 0), as in OpenCV.
        """
        seen = np.einsum("tji,tik->tjk", points - self.position, self.axes())
        distance = -seen[..., 2]
        width, height = self.size
        x = (width - 1) / 2.0 + self.focal_px * seen[..., 0] / distance
        y = (height - 1) / 2.0 - self.focal_px * seen[..., 1] / distance
        return np.stack([x, y, distance], axis=-1)


def camera_for(
    size: tuple[int, int], view_width: float, distance: float, height: float, aim: np.ndarray
) -> Camera:
    """Make a camera that turns to `aim` (T,), the x of points in the plane of motion; all in m.

    view_width: seen across the picture in the plane of motion; distance: to that plane; height: above ground
    """
    focal = size[0] * distance / view_width
    return Camera(
        position=np.array([0.0, -distance, height]),
        yaw=np.arctan2(aim, distance),
        pitch=0.0,
        fovy=2.0 * np.arctan(size[1] / 2.0 / focal),
        size=size,
    )
