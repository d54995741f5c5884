"""Applying rotation, mirroring and pixel aspect ratio to decoded frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from video2reward.errors import UserError

if TYPE_CHECKING:
    import av


def upright(frame: av.VideoFrame, aspect: Fraction | None, video: Path) -> tuple[np.ndarray, int]:
    """Return a frame in its display orientation, and the applied rotation in degrees clockwise.

    Args:
        frame: as decoded
        aspect: pixel aspect ratio (width over height), None if square
        video: for error messages

    Returns:
        (H, W, 3) uint8 BGR with square pixels; 0, 90, 180 or 270
    """
    width = round(frame.width * aspect) if aspect else frame.width
    bgr = frame.to_ndarray(format="bgr24", width=width, height=frame.height)
    mirrored, quarter_turns = _orientation(frame, video)
    if mirrored:
        bgr = bgr[:, ::-1]
    return np.ascontiguousarray(np.rot90(bgr, -quarter_turns)), 90 * quarter_turns


def _orientation(frame: av.VideoFrame, video: Path) -> tuple[bool, int]:
    """Return (mirror left-right first, quarter turns clockwise after it) from the display matrix.

    The matrix (libavutil/display.h: a b u; c d v; x y w, a..d in 16.16 fixed point) maps a stored pixel
    (x right, y down) to (a x + c y, b x + d y) on the screen.
    """
    side: Any = frame.side_data.get("DISPLAYMATRIX")
    if side is None:
        return False, 0
    matrix = np.frombuffer(bytes(side), np.int32).reshape(3, 3)[:2, :2].astype(float)
    turn = matrix / max(np.sqrt(abs(np.linalg.det(matrix))), 1e-9)
    whole = np.rint(turn)
    if np.abs(turn - whole).max() > 0.01 or abs(np.linalg.det(whole)) != 1:
        raise UserError(
            f"video {video} has a display rotation of {frame.rotation} degrees, not a multiple of 90; "
            "convert it to an upright MP4 (ffmpeg -i IN OUT.mp4)"
        )
    mirrored = bool(np.linalg.det(whole) < 0)
    a, b = whole[0] * (-1 if mirrored else 1)
    return mirrored, {(1, 0): 0, (0, 1): 1, (-1, 0): 2, (0, -1): 3}[(int(a), int(b))]
