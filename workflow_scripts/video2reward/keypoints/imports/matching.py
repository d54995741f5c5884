"""Matching the rows of an imported file to the clip's frames: by picture name, number or time."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.errors import UserError
from video2reward.keypoints.imports.numbering import Numbering, picture
from video2reward.keypoints.imports.recording import Recording

LEAST_COVER = 0.5  # minimum fraction of the clip's frames in the file


def rows_in(recording: Recording, frames: Frames, first_frame: int | None, path: Path) -> np.ndarray:
    """Return the row of every frame of the clip, (T,); below 0 or past the last row if the file has none.

    first_frame: the file's number for the video's first frame, `pose.first_frame`

    Raises:
        UserError: rows and frames do not match, or match in more than one way
    """
    count = recording.keypoints.shape[1]
    if recording.times is not None and recording.numbering is None:
        return _by_time(recording.times, recording.origin_s, frames, path)
    numbering = recording.numbering or Numbering()
    rows = _by_name(numbering, frames)
    if rows is None:
        seen = np.flatnonzero((recording.keypoints[..., 2] > 0).any((0, 2)))
        inside = (int(seen[0]), int(seen[-1])) if len(seen) else (0, count - 1)
        rows = _by_number(numbering, count, inside, frames, first_frame, path)
    if ((rows >= 0) & (rows < count)).mean() < LEAST_COVER:
        begin, past = frames.start_frame - rows[0], frames.start_frame - rows[0] + count
        ends = f"begins with frame {begin}" if rows[-1] < count else f"ends with frame {past - 1}"
        raise UserError(
            f"{path} {ends}, the clip is frames {frames.start_frame} to {frames.start_frame + len(rows) - 1} of its "
            "video: they do not match; import the keypoints of this video, or trim it to the part they cover"
        )
    return rows


def rows_drawn(recording: Recording, frames: Frames, path: Path) -> np.ndarray:
    """Return the row of every picture rendered from the file itself, by time or by number."""
    if recording.times is not None:
        return _by_time(recording.times, None, frames, path)
    return frames.start_frame + np.arange(len(frames.times))


def _by_name(numbering: Numbering, frames: Frames) -> np.ndarray | None:
    """Return the rows by picture name, None if the file has none of these names."""
    names = [picture(name) for name in frames.names]
    if not set(names) & set(numbering.pictures):
        return None
    return np.array([numbering.pictures.get(name, numbering.first - 1) - numbering.first for name in names])


def _by_number(
    numbering: Numbering,
    count: int,
    inside: tuple[int, int],
    frames: Frames,
    first_frame: int | None,
    path: Path,
) -> np.ndarray:
    """Return the rows by number; `inside`: first and last row with a visible joint."""
    wanted, film = np.arange(len(frames.times)), frames.film_frames
    if first_frame is not None:
        return frames.start_frame + wanted + first_frame - numbering.first
    low, high = numbering.first + inside[0], numbering.first + inside[1]
    if count == len(wanted) and _one_for_one(numbering, high, frames, path):
        return wanted
    base = _base(numbering, {high, numbering.first + count - 1}, film)
    if base is None:
        raise UserError(
            f"{path} numbers its frames {numbering.first} to {numbering.first + count - 1} without saying whether it counts "
            f"from 0 or 1; the clip is frames {frames.start_frame} to {frames.start_frame + len(wanted) - 1} of the video, "
            "counted from 0: set pose.first_frame: 0 or pose.first_frame: 1"
        )
    if low < base or (film is not None and high - base >= film):
        shown = (
            f"{film} frames, {base} to {film - 1 + base}" if film is not None else f"no frame before {base}"
        )
        raise UserError(
            f"{path} has frames {low} to {high} (of {count}), the video has {shown}: they do not match; give the video they "
            "were made from, or set pose.first_frame to the file's number for the video's first frame"
        )
    return frames.start_frame + wanted + base - numbering.first


def _one_for_one(numbering: Numbering, high: int, frames: Frames, path: Path) -> bool:
    """Return whether a file with as many rows as the clip has frames matches it row by row, going by its numbers."""
    bases = (0, 1) if numbering.base is None else (numbering.base, 1)
    if numbering.first <= 1 or frames.start_frame in [numbering.first - base for base in bases]:
        return True
    if frames.film_frames is not None:
        return high - bases[0] >= frames.film_frames
    raise UserError(
        f"{path} numbers its {len(frames.times)} frames {numbering.first} to {high}; the clip has as many, beginning with "
        f"frame {frames.start_frame} of its video: set pose.first_frame to the file's number for the video's first frame: "
        f"0 if it counts the video's frames, {numbering.first - frames.start_frame} if its rows are the clip's"
    )


def _base(numbering: Numbering, ends: set[int], film: int | None) -> int | None:
    """Return the number of the video's first frame: the tool's convention if it fits the video; None if ambiguous.

    Without a convention: 0 if it occurs; 1 if the last number is the number of frames, or if a list of all the
    video's pictures begins with 1.
    """
    if numbering.first > 0 and film in ends:
        return 1
    if numbering.base is not None:
        return min(numbering.base, numbering.first)
    if numbering.first == 0:
        return 0
    return 1 if numbering.first == 1 and numbering.listed else None


def _by_time(times: np.ndarray, origin_s: float | None, frames: Frames, path: Path) -> np.ndarray:
    """Return the rows by time; if the times do not match the video's but the counts do, rows map one to one.

    times: (T,) s, the first 0
    origin_s: the file's first time, s; None if times come from a frame rate
    """
    wanted = frames.times + frames.start_s
    literal = times + (origin_s or 0.0)
    rows = np.abs(literal[None] - wanted[:, None]).argmin(1)
    late = np.abs(literal[rows] - wanted).max()
    if late <= 0.5 / frames.fps and (np.diff(rows) >= 1).all():
        return rows
    overlaps = literal[0] < wanted[-1] and literal[-1] > wanted[0]
    if len(times) == len(wanted) and (not origin_s or not overlaps):
        return np.arange(len(times))
    raise UserError(
        f"{path} has {len(times)} frames over {times[-1]:.2f} s"
        + (f" from {literal[0]:.2f} s on" if origin_s else "")
        + f", the clip {len(wanted)} from {wanted[0]:.2f} to {wanted[-1]:.2f} s: they do not match; import the keypoints of "
        "this clip, or add a field frames with the video's frame number of every row"
    )
