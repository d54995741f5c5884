"""Keypoints made elsewhere: our own keypoints.h5, or an .npz or .h5 of the same fields."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.io import digest
from video2reward.artifacts.keypoints import Keypoints, check_keypoints
from video2reward.errors import UserError
from video2reward.keypoints.base import PoseBackend
from video2reward.keypoints.import_file import read_fields
from video2reward.keypoints.pictures import boxes_around
from video2reward.settings import Pose, Subject
from video2reward.skeletons import skeleton

SHEET = (960, 540)  # px; keypoints that name no picture size are fitted into this


class ImportBackend(PoseBackend):
    """Takes `pose.keypoints` as they are, for the frames at hand."""

    name = "import"

    def estimate(self, frames: Frames, pose: Pose, subject: Subject) -> Keypoints:
        """Return the imported keypoints of the clip's frames, matched by time.

        Raises:
            UserError: no file is named, it is faulty (see `load_imported`), or does not fit the frames
        """
        if pose.keypoints is None:
            raise UserError("pose.backend: import needs pose.keypoints, the file to read")
        path = pose.keypoints
        drawn = frames.source_digest == digest(path)
        k = load_imported(path, pose, None if drawn else frames.size)
        rows = _rows(k, frames, path)
        return replace(k, keypoints=k.keypoints[rows], times=frames.times, boxes=k.boxes[rows])


def load_imported(path: Path, pose: Pose, size: tuple[int, int] | None = None) -> Keypoints:
    """Read keypoints made elsewhere, for the whole of what they cover.

    The file (.npz, or .h5 with datasets and attributes) holds `keypoints`, (T, J, 3) x right, y down and
    confidence 0..1, or (T, J, 2) if every joint is seen; `joint_names`, (J,), in any order; `skeleton`
    (or `pose.skeleton`); `fps` or `times` (T,) s (or `pose.fps`); and may hold `size`, (width, height)
    px of the picture, and `boxes`, (T, 4) px. Without a size, and without a video, the coordinates may be
    in any unit: they are scaled and shifted to fill a sheet of 960x540 px.

    Args:
        path: the file
        pose: skeleton and fps where the file does not say
        size: (width, height) px of the video the keypoints belong to, if there is one

    Raises:
        UserError: wrong joints, shape, NaN or confidences; no frame rate; not the video's size
    """
    fields = read_fields(path)
    for needed in ("keypoints", "joint_names"):
        if needed not in fields:
            raise UserError(
                f"{path} lacks {needed}; an import needs keypoints (T, J, 3), joint_names and fps"
            )
    bones = skeleton(str(fields.get("skeleton", pose.skeleton)))
    values, order = _values(fields["keypoints"], fields["joint_names"], bones.joints, path)
    k = Keypoints(
        keypoints=values[:, order],
        times=_times(fields, len(values), pose.fps, path),
        joint_names=bones.joints,
        skeleton=bones.name,
        size=size or (0, 0),
        boxes=np.zeros((len(values), 4)),
        backend=ImportBackend.name,
        weights_digest=str(fields.get("weights_digest", "")),
    )
    k = _placed(check_keypoints(k, str(path)), _size(fields, path), size, path)
    boxes = np.asarray(fields.get("boxes", ()), float)
    fitting = "size" in fields and boxes.shape == k.boxes.shape
    return replace(k, boxes=boxes if fitting else boxes_around(k.keypoints, k.size))


def _values(keypoints: Any, names: Any, joints: tuple[str, ...], path: Path) -> tuple[np.ndarray, list[int]]:
    """Return (T, J, 3) keypoints in the file's joint order, and which row each of `joints` has there."""
    found = tuple(str(name).replace(" ", "_") for name in np.atleast_1d(names))
    if sorted(found) != sorted(joints):
        missing = [j for j in joints if j not in found]
        unknown = sorted({j for j in found if j not in joints})
        twice = sorted({j for j in found if found.count(j) > 1})
        raise UserError(
            f"{path}: joint_names are not the skeleton's: missing {missing}, unknown {unknown}, twice {twice}; "
            f"valid: {', '.join(joints)}; give a joint that you lack confidence 0"
        )
    try:
        values = np.asarray(keypoints, float)
    except (TypeError, ValueError):
        raise UserError(f"{path}: keypoints are not numbers") from None
    if values.ndim != 3 or values.shape[1] != len(joints) or values.shape[2] not in (2, 3):
        raise UserError(
            f"{path}: keypoints have shape {values.shape}, expected (frames, {len(joints)}, 3) "
            f"or (frames, {len(joints)}, 2)"
        )
    if values.shape[2] == 2:
        values = np.concatenate([values, np.ones((*values.shape[:2], 1))], axis=-1)
    sure = values[..., 2]
    if np.isfinite(sure).all() and (sure.min(initial=0) < 0 or sure.max(initial=0) > 1):
        raise UserError(
            f"{path}: the third column of keypoints is the confidence, 0..1, but runs from {sure.min():g} to "
            f"{sure.max():g}; give (frames, joints, 2) if it is a coordinate"
        )
    unseen = (sure == 0)[..., None] & [True, True, False]
    return np.where(unseen, np.nan, values), [found.index(joint) for joint in joints]


def _times(fields: dict[str, Any], count: int, fps: float | None, path: Path) -> np.ndarray:
    """Return (T,) s, the first 0, from the file's times or its frame rate or the configuration's."""
    stated = float(np.ravel(fields["fps"])[0]) if "fps" in fields else None
    if "times" in fields:
        times = np.asarray(fields["times"], float)
        if times.shape != (count,) or not np.isfinite(times).all():
            raise UserError(
                f"{path}: times have shape {times.shape}, expected ({count},), a finite one a frame"
            )
        stated = (count - 1) / (times[-1] - times[0]) if count > 1 and times[-1] > times[0] else None
    elif stated is None and fps is None:
        raise UserError(
            f"{path} states no frame rate; set pose.fps in the configuration, or add fps to the file"
        )
    if stated is not None and fps is not None and abs(stated - fps) > 0.01 * fps:
        raise UserError(
            f"{path} says {stated:g} frames/s, pose.fps says {fps:g}; leave pose.fps out or correct it"
        )
    if "times" in fields:
        return times - times[0]
    rate = stated if stated is not None else fps
    if rate is None or not np.isfinite(rate) or rate <= 0:
        raise UserError(f"{path}: fps is {rate}, it must be above 0")
    return np.arange(count) / rate


def _size(fields: dict[str, Any], path: Path) -> tuple[int, int] | None:
    """Return the picture size (width, height) px that the file states, if it does."""
    if "size" not in fields:
        return None
    size = np.ravel(fields["size"])
    if size.shape != (2,) or not np.all(size >= 2):
        raise UserError(f"{path}: size is {size.tolist()}, expected width and height in px")
    return int(size[0]), int(size[1])


def _placed(
    k: Keypoints, stated: tuple[int, int] | None, video: tuple[int, int] | None, path: Path
) -> Keypoints:
    """Return `k` in px of the video, of the stated picture, or of a sheet that it is fitted into."""
    if video is not None and stated is not None and stated != video:
        raise UserError(
            f"{path} belongs to pictures of {stated[0]}x{stated[1]} px, the video has {video[0]}x{video[1]}; "
            "scale the keypoints or give the video they were made from"
        )
    if video is not None or stated is not None:
        return replace(k, size=video or stated or SHEET)
    seen = k.keypoints[..., 2] > 0
    if not seen.any():
        raise UserError(f"{path}: no joint has a confidence above 0 in any frame")
    points = k.keypoints[..., :2]
    low, high = points[seen].min(0), points[seen].max(0)
    sheet = np.array(SHEET, float)
    scale = 0.8 * float((sheet / np.maximum(high - low, 1e-9)).min())
    moved = (points - (low + high) / 2) * scale + sheet / 2
    return replace(k, keypoints=np.concatenate([moved, k.keypoints[..., 2:]], -1), size=SHEET)


def _rows(k: Keypoints, frames: Frames, path: Path) -> np.ndarray:
    """Return which imported frame each picture is: one for one, or the nearest in time."""
    if len(k.times) == len(frames.times):
        return np.arange(len(k.times))
    wanted = frames.times + frames.start_s
    rows = np.abs(k.times[None] - wanted[:, None]).argmin(1)
    late = np.abs(k.times[rows] - wanted).max()
    if late > 0.5 / frames.fps or (np.diff(rows) < 1).any():
        raise UserError(
            f"{path} has {len(k.times)} frames over {k.times[-1]:.2f} s, the clip {len(wanted)} from "
            f"{wanted[0]:.2f} to {wanted[-1]:.2f} s: they do not match; import the keypoints of this clip"
        )
    return rows
