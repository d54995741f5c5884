"""Importing keypoints made by another tool or by this project."""

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
from video2reward.keypoints.imports.individuals import chosen
from video2reward.keypoints.imports.joint_names import rows_of
from video2reward.keypoints.imports.matching import rows_drawn, rows_in
from video2reward.keypoints.imports.readers import file_kind, read_recording
from video2reward.keypoints.imports.recording import ClipFacts, Recording
from video2reward.keypoints.pictures import boxes_around
from video2reward.settings.video import Pose, Subject
from video2reward.skeletons import skeleton

SHEET = (960, 540)  # px; picture size assumed for keypoints without one


class ImportBackend(PoseBackend):
    """Reads `pose.keypoints` for the clip's frames."""

    name = "import"

    def estimate(self, frames: Frames, pose: Pose, subject: Subject) -> Keypoints:
        """Return the imported keypoints of the clip's frames, matched by frame number or by time.

        Raises:
            UserError: an unknown skeleton, no file is given, it is invalid (see `load_imported`), or does not match the frames
        """
        if pose.keypoints is None:
            raise UserError("pose.backend: import needs pose.keypoints, the file to read")
        skeleton(pose.skeleton)  # refused if unknown, even where the file names its own
        path = pose.keypoints
        file_kind(path)  # before its bytes are read: a pipe would never end
        drawn = frames.source_digest == digest(path)
        clip = ClipFacts(subject.species, "" if drawn else frames.source)
        recording = read_recording(path, pose, clip)
        if drawn:
            rows = rows_drawn(recording, frames, path)
        else:
            _check_rate(recording, frames, pose, path)
            rows = rows_in(recording, frames, pose.first_frame, path)
        times = recording.times
        if times is None:
            times = np.arange(recording.keypoints.shape[1]) / frames.fps
        k = _keypoints(recording, times, int(rows[0]), None if drawn else frames.size, path, pose, subject)
        there = (rows >= 0) & (rows < len(k.times))
        if not drawn:
            begin = f", beginning with its row {rows[there][0]}" if there.any() else ""
            print(
                f"{path.name}: {there.sum()} of the clip's {len(rows)} frames are in it{begin}",
                file=sys.stderr,
            )
        rows = rows.clip(0, len(k.times) - 1)
        values = np.where(there[:, None, None], k.keypoints[rows], (np.nan, np.nan, 0.0))
        return replace(k, keypoints=values, times=frames.times, boxes=k.boxes[rows])


def load_imported(path: Path, pose: Pose, subject: Subject | None = None, start_s: float = 0.0) -> Keypoints:
    """Read imported keypoints without their video, over their whole length.

    Formats: see `read_recording`. Joints are matched by `pose.joints` and by name; joints missing from the file are
    unseen. One of several subjects is chosen (`individuals.chosen`). Without a stated picture size, coordinates may
    be in any unit: they are scaled and shifted to fill 960x540 px.

    Args:
        path: the file
        pose: skeleton, joint table, and fps where the file does not say
        subject: its box or point selects the subject, in its frame counted from `start_s`
        start_s: where the clip begins, s after the file's first frame

    Raises:
        UserError: invalid joints, shape, NaN or confidences; no frame rate; nobody in the box
    """
    subject = subject or Subject()
    recording = read_recording(path, pose, ClipFacts(subject.species))
    times = recording.times
    if times is None:
        rate = recording.fps or pose.fps
        if rate is None:
            raise UserError(
                f"{path} states no frame rate; set pose.fps in the configuration, or file: to its video"
            )
        times = np.arange(recording.keypoints.shape[1]) / rate
    first = min(int(np.searchsorted(times, start_s - 1e-6)), len(times) - 1)
    return _keypoints(recording, times, first, None, path, pose, subject)


def _keypoints(
    recording: Recording,
    times: np.ndarray,
    first: int,
    video: tuple[int, int] | None,
    path: Path,
    pose: Pose,
    subject: Subject,
) -> Keypoints:
    """Return the chosen subject's keypoints in every row.

    times: (T,) s; first: row of the clip's first frame, may be negative; video: (width, height) px or None
    """
    bones = skeleton(recording.skeleton or pose.skeleton)
    rows = rows_of(recording.joints, bones, pose.joints, path)
    count = len(times)
    fps = (count - 1) / max(float(times[-1] - times[0]), 1e-9)
    who, why = chosen(recording, subject, first, fps, str(path))
    name = recording.individuals[who]
    if name in recording.doubled:
        raise UserError(
            f"{path}: {name} is in frame {recording.doubled[name]} twice; keep one of them, or give each its own id"
        )
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
        size=video or (0, 0),
        boxes=np.zeros((count, 4)),
        backend=ImportBackend.name,
        weights_digest=recording.weights_digest,
        choice=why,
    )
    k = _placed(check_keypoints(k, str(path)), recording.size, video, path)
    stated = recording.boxes
    return replace(k, boxes=stated if stated is not None else boxes_around(k.keypoints, k.size))


def _say(recording: Recording, rows: list[int | None], why: str, path: Path) -> None:
    """Print the chosen subject and the joints left out, if any."""
    spare = [name for row, name in enumerate(recording.joints) if row not in rows]
    if len(recording.keypoints) > 1:
        print(f"{path.name}: subject {why}", file=sys.stderr)
    if spare:
        print(f"{path.name}: joints left out: {', '.join(spare)}", file=sys.stderr)


def _check_rate(recording: Recording, frames: Frames, pose: Pose, path: Path) -> None:
    """Raise a `UserError` if rows are matched by number and `pose.fps` differs from the video's frame rate."""
    if recording.times is None and pose.fps is not None and abs(frames.fps - pose.fps) > 0.01 * pose.fps:
        raise UserError(
            f"{path}: the video has {frames.fps:.3g} frames/s, pose.fps says {pose.fps:g}; leave pose.fps out: "
            "frames are matched by their numbers"
        )


def _placed(
    k: Keypoints, stated: tuple[int, int] | None, video: tuple[int, int] | None, path: Path
) -> Keypoints:
    """Return `k` in px of the video or of the stated picture size, else scaled to fit `SHEET`."""
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
