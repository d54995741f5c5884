"""This project's own keypoint format, .npz or .h5: named fields, strictly checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from video2reward.errors import UserError
from video2reward.keypoints.imports.numbering import Numbering, numbers_of
from video2reward.keypoints.imports.own_fields import h5_fields, npz_fields
from video2reward.keypoints.imports.recording import ClipFacts, Recording
from video2reward.settings.video import Pose


def read_npz(path: Path, pose: Pose, clip: ClipFacts) -> Recording:
    """Read an .npz; see `recording_of`."""
    return recording_of(npz_fields(path), pose, path)


def read_own_h5(file: h5py.File, path: Path, pose: Pose) -> Recording:
    """Read an open .h5 with datasets and attributes; see `recording_of`."""
    return recording_of(h5_fields(file), pose, path)


def recording_of(fields: dict[str, Any], pose: Pose, path: Path) -> Recording:
    """Check the fields and return the recording.

    Required: `keypoints` (T, J, 3), or (T, J, 2) if every joint is seen; `joint_names` (J,); one of `fps` (or
    `pose.fps`), `times` (T,) s after the video's first frame, or `frames` (T,) frame numbers from 0. Optional:
    `start_s`, the origin of `times`; `skeleton`; `size` (2,) px; `boxes` (T, 4) px. Empty fields count as absent.

    Raises:
        UserError: a field is missing or invalid
    """
    fields = {name: value for name, value in fields.items() if not _empty(value)}
    for needed in ("keypoints", "joint_names"):
        if needed not in fields:
            raise UserError(
                f"{path} lacks {needed}; an import needs keypoints (T, J, 3), joint_names and fps"
            )
    joints = tuple(str(name) for name in np.atleast_1d(fields["joint_names"]))
    values = _values(fields["keypoints"], len(joints), path)
    skeleton = str(fields["skeleton"]) if "skeleton" in fields else None
    if "frames" in fields:
        rows, numbering = _numbered(fields["frames"], len(values), path)
        spread = np.full((rows.max() + 1, *values.shape[1:]), (np.nan, np.nan, 0.0))
        spread[rows] = values
        fps = float(np.ravel(fields["fps"])[0]) if "fps" in fields else None
        size = _size(fields, path)
        return Recording(spread[None], joints, numbering=numbering, fps=fps, size=size, skeleton=skeleton)
    boxes = np.asarray(fields.get("boxes", ()), float)
    times = _times(fields, len(values), pose.fps, path)
    return Recording(
        keypoints=values[None],
        joints=joints,
        numbering=None,
        times=times - times[0],
        origin_s=float(times[0]) + float(fields.get("start_s", 0.0)) if "times" in fields else None,
        size=_size(fields, path),
        boxes=boxes if "size" in fields and boxes.shape == (len(values), 4) else None,
        skeleton=skeleton,
        weights_digest=str(fields.get("weights_digest", "")),
    )


def _empty(value: Any) -> bool:
    """Return whether a field is empty: no value, an empty string, or a single NaN."""
    array = np.asarray(value)
    if value is None or array.size == 0 or (array.dtype.kind in "US" and not str(array.ravel()[0]).strip()):
        return True
    return bool(array.size == 1 and array.dtype.kind == "f" and np.isnan(array).all())


def _numbered(frames: Any, count: int, path: Path) -> tuple[np.ndarray, Numbering]:
    """Return the rows (T,) of the entries of `frames`, counted from 0, and their numbering."""
    given = np.ravel(frames).tolist()
    if len(given) != count:
        raise UserError(
            f"{path}: frames has {len(given)} numbers, keypoints has {count} rows; give one number per row"
        )
    numbers = numbers_of(given, path)
    rows = np.array([numbers[one] for one in given])
    if len(set(rows.tolist())) < count:
        twice = next(one for one in given if given.count(one) > 1)
        raise UserError(f"{path}: frames has {twice} twice; keep one row of each frame")
    return rows - rows.min(), Numbering(first=int(rows.min()))


def _values(keypoints: Any, joints: int, path: Path) -> np.ndarray:
    """Return (T, J, 3) with NaN for unseen joints; NaN in seen joints is left for a later check."""
    try:
        values = np.asarray(keypoints, float)
    except (TypeError, ValueError):
        raise UserError(f"{path}: keypoints are not numbers") from None
    if values.ndim != 3 or values.shape[1] != joints or values.shape[2] not in (2, 3):
        raise UserError(
            f"{path}: keypoints have shape {values.shape}, expected (frames, {joints}, 3) "
            f"or (frames, {joints}, 2): joint_names has {joints}"
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
    return np.where(unseen, np.nan, values)


def _times(fields: dict[str, Any], count: int, fps: float | None, path: Path) -> np.ndarray:
    """Return times (T,) s, from the file's times or frame rate, else from `pose.fps`."""
    stated = float(np.ravel(fields["fps"])[0]) if "fps" in fields else None
    if "times" in fields:
        times = np.asarray(fields["times"], float)
        if times.shape != (count,) or not np.isfinite(times).all():
            raise UserError(
                f"{path}: times have shape {times.shape}, expected ({count},): one finite time per frame"
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
        return times
    rate = stated if stated is not None else fps
    if rate is None or not np.isfinite(rate) or rate <= 0:
        raise UserError(f"{path}: fps is {rate}, it must be above 0")
    return np.arange(count) / rate


def _size(fields: dict[str, Any], path: Path) -> tuple[int, int] | None:
    """Return the picture size (width, height) px, None if the file has none."""
    if "size" not in fields:
        return None
    size = np.ravel(fields["size"])
    if size.shape != (2,) or not np.all(size >= 2):
        raise UserError(f"{path}: size is {size.tolist()}, expected width and height in px")
    return int(size[0]), int(size[1])
