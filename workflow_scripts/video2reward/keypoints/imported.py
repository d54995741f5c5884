"""Keypoints made elsewhere, by another tool or by this project."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.io import digest
from video2reward.artifacts.keypoints import Keypoints, check_keypoints
from video2reward.errors import UserError
from video2reward.keypoints.base import PoseBackend
from video2reward.keypoints.formats import Recording, read_recording
from video2reward.keypoints.individuals import chosen
from video2reward.keypoints.joint_names import rows_of
from video2reward.keypoints.pictures import boxes_around
from video2reward.settings import Pose, Subject
from video2reward.skeletons import skeleton

SHEET = (960, 540)  # px; keypoints that name no picture size are fitted into this
LEAST_COVER = 0.5  # of the clip's frames that a file must reach into


class ImportBackend(PoseBackend):
    """Takes `pose.keypoints` as they are, for the frames at hand."""

    name = "import"

    def estimate(self, frames: Frames, pose: Pose, subject: Subject) -> Keypoints:
        """Return the imported keypoints of the clip's frames, matched by frame number or by time.

        Raises:
            UserError: no file is named, it is faulty (see `load_imported`), or does not fit the frames
        """
        if pose.keypoints is None:
            raise UserError("pose.backend: import needs pose.keypoints, the file to read")
        path = pose.keypoints
        recording = read_recording(path, pose)
        drawn = frames.source_digest == digest(path)
        k = _keypoints(recording, path, pose, subject, frames.start_s, None if drawn else frames)
        rows = _by_time(k, frames, path) if recording.times is not None else _by_number(k, frames, path)
        there = (rows >= 0) & (rows < len(k.times))
        rows = rows.clip(0, len(k.times) - 1)
        values = np.where(there[:, None, None], k.keypoints[rows], (np.nan, np.nan, 0.0))
        return replace(k, keypoints=values, times=frames.times, boxes=k.boxes[rows])


def load_imported(path: Path, pose: Pose, subject: Subject | None = None, start_s: float = 0.0) -> Keypoints:
    """Read keypoints made elsewhere and without their video, for the whole of what they cover.

    Which files: `read_recording`. Joints are matched by `pose.joints` and by name, those that the file lacks count
    as unseen; of several subjects one is chosen (`individuals.chosen`). Where no size of the pictures is stated
    the coordinates may be in any unit: they are scaled and shifted to fill a sheet of 960x540 px.

    Args:
        path: the file
        pose: skeleton, joint table, and fps where the file does not say
        subject: its box or point, read at `start_s` and its frame, says who is meant
        start_s: where the clip begins, s after the file's first frame

    Raises:
        UserError: wrong joints, shape, NaN or confidences; no frame rate; nobody in the box
    """
    return _keypoints(read_recording(path, pose), path, pose, subject or Subject(), start_s, None)


def _keypoints(
    recording: Recording, path: Path, pose: Pose, subject: Subject, start_s: float, frames: Frames | None
) -> Keypoints:
    """Return the chosen subject's keypoints; `frames` are a video's, None if there is no video."""
    bones = skeleton(recording.skeleton or pose.skeleton)
    rows = rows_of(recording.joints, bones, pose.joints, path)
    times = _times(recording, pose, path, frames)
    count = len(times)
    begin = 0 if frames is not None and count == len(frames.times) else start_s
    first = min(int(np.searchsorted(times, begin - 1e-6)), count - 1)
    fps = (count - 1) / max(float(times[-1] - times[0]), 1e-9)
    who, why = chosen(recording, subject, first, fps, str(path))
    one = recording.keypoints[who]
    values = np.full((count, len(bones.joints), 3), (np.nan, np.nan, 0.0))
    for j, row in enumerate(rows):
        if row is not None:
            values[:, j] = one[:, row]
    _say(recording, rows, why, path)
    k = Keypoints(
        keypoints=values,
        times=times,
        joint_names=bones.joints,
        skeleton=bones.name,
        size=frames.size if frames is not None else (0, 0),
        boxes=np.zeros((count, 4)),
        backend=ImportBackend.name,
        weights_digest=recording.weights_digest,
        choice=why,
    )
    k = _placed(check_keypoints(k, str(path)), recording.size, frames.size if frames else None, path)
    stated = recording.boxes
    return replace(k, boxes=stated if stated is not None else boxes_around(k.keypoints, k.size))


def _say(recording: Recording, rows: list[int | None], why: str, path: Path) -> None:
    """Print what was taken of the file, where that is not all of it."""
    spare = [name for row, name in enumerate(recording.joints) if row not in rows]
    if len(recording.keypoints) > 1:
        print(f"{path.name}: subject {why}", file=sys.stderr)
    if spare:
        print(f"{path.name}: joints left out: {', '.join(spare)}", file=sys.stderr)


def _times(recording: Recording, pose: Pose, path: Path, frames: Frames | None) -> np.ndarray:
    """Return (T,) s: the file's own, or its frame numbers at the video's rate or the configuration's."""
    if recording.times is not None:
        return recording.times
    count = recording.keypoints.shape[1]
    if frames is not None and pose.fps is not None and abs(frames.fps - pose.fps) > 0.01 * pose.fps:
        raise UserError(
            f"{path}: the video has {frames.fps:.3g} frames/s, pose.fps says {pose.fps:g}; leave pose.fps out: "
            "frames are matched by their numbers"
        )
    rate = frames.fps if frames is not None else pose.fps
    if rate is None:
        raise UserError(
            f"{path} states no frame rate; set pose.fps in the configuration, or file: to its video"
        )
    return np.arange(count) / rate


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


def _by_number(k: Keypoints, frames: Frames, path: Path) -> np.ndarray:
    """Return which row each picture is where rows are the video's frames; beyond the file's end there is none."""
    count, wanted = len(k.times), len(frames.times)
    if count == wanted:
        return np.arange(count)
    rows = frames.start_frame + np.arange(wanted)
    if (rows < count).mean() < LEAST_COVER:
        raise UserError(
            f"{path} ends with frame {count - 1}, the clip is frames {rows[0]} to {rows[-1]} of its video: they do "
            "not match; import the keypoints of this video"
        )
    return rows


def _by_time(k: Keypoints, frames: Frames, path: Path) -> np.ndarray:
    """Return which row each picture is where the file has times: one for one, or the nearest."""
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
