"""The subject's place as given in the settings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.errors import UserError
from video2reward.settings.video import Subject


def given_place(subject: Subject, frames: Frames) -> tuple[int, np.ndarray, str] | None:
    """Return frame, box (4,) px and origin ("by subject.box" or ".point"); None if neither is set.

    A point stands for the box of the object moving there, else a square of a third of the picture's height.

    Raises:
        UserError: the box or point is outside the picture, or the frame outside the clip
    """
    if subject.box is None and subject.point is None:
        return None
    if subject.frame >= len(frames.times):
        raise UserError(f"subject.frame {subject.frame}: the clip's frames are 0 to {len(frames.times) - 1}")
    width, height = frames.size
    if subject.box is not None:
        return subject.frame, _given_box(subject.box, frames, subject.frame), "by subject.box"
    point = np.array(subject.point, float)
    if (point < 0).any() or (point >= (width, height)).any():
        raise UserError(
            f"subject.point {point.tolist()} is not within the picture of {width}x{height}; read it off "
            f"{frames.picture(subject.frame)}"
        )
    from video2reward.keypoints.following.foreground import mover_at

    box = mover_at(frames, subject.frame, point)
    if box is None:
        box = np.concatenate([point - height / 6, point + height / 6])
    return subject.frame, box, "by subject.point"


def _given_box(box: Sequence[float], frames: Frames, index: int) -> np.ndarray:
    given = np.array(box, float)
    width, height = frames.size
    if (given[2:] <= given[:2]).any() or (given[:2] >= (width, height)).any() or (given[2:] <= 0).any():
        raise UserError(
            f"subject.box {given.tolist()} is not x0, y0, x1, y1 (px, x0 < x1, y0 < y1) within the picture of "
            f"{width}x{height}; read it off {frames.picture(index)}"
        )
    return given
