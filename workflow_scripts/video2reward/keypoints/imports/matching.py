"""Which row of an imported file is which frame of the clip: by pictures' names, by number, or by time."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.errors import UserError
from video2reward.keypoints.imports.numbering import Numbering, picture
from video2reward.keypoints.imports.recording import Recording

LEAST_COVER = 0.5  # of the clip's frames that a file must have


def rows_in(recording: Recording, frames: Frames, first_frame: int | None, path: Path) -> np.ndarray:
    """Return (T,) the row of every frame of the clip; below 0 or beyond the last row the file has none.

    first_frame: the number of the film's first frame, `pose.first_frame`

    Raises:
        UserError: rows and frames do not belong together, or what they have in common can be read in two ways
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
    """Return the row of every picture that was drawn from the file itself, by time or by number."""
    if recording.times is not None:
        return _by_time(recording.times, None, frames, path)
    return frames.start_frame + np.arange(len(frames.times))


def _by_name(numbering: Numbering, frames: Frames) -> np.ndarray | None:
    """Return the rows by the names of a folder's pictures, None where the file has none of these names."""
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
    """Return the rows by number; `inside` are the first and last row in which anybody is seen."""
    wanted, film = np.arange(len(frames.times)), frames.film_frames
    if first_frame is not None:
        return frames.start_frame + wanted + first_frame - numbering.first
    low, high = numbering.first + inside[0], numbering.first + inside[1]
    if count == len(wanted) and _one_for_one(numbering, high, frames, path):
        return wanted
    base = _base(numbering, {high, numbering.first + count - 1}, film)
    if base is None:
        raise UserError(
            f"{path} calls its frames {numbering.first} to {numbering.first + count - 1}, and not whether the film's first "
            f"is 0 or 1; the clip is frames {frames.start_frame} to {frames.start_frame + len(wanted) - 1} of it, counted "
            "from 0: say which by pose.first_frame: 0 or pose.first_frame: 1"
        )
    if low < base or (film is not None and high - base >= film):
        shown = (
            f"{film} frames, {base} to {film - 1 + base}" if film is not None else f"no frame before {base}"
        )
        raise UserError(
            f"{path} has frames {low} to {high} (of {count}), the film has {shown}: they do not match; give the film they "
            "were made from, or set pose.first_frame to what the file calls the film's first frame"
        )
    return frames.start_frame + wanted + base - numbering.first


def _one_for_one(numbering: Numbering, high: int, frames: Frames, path: Path) -> bool:
    """Return whether as many rows as the clip has frames are the clip's: not where their numbers say otherwise."""
    bases = (0, 1) if numbering.base is None else (numbering.base, 1)
    if numbering.first <= 1 or frames.start_frame in [numbering.first - base for base in bases]:
        return True
    if frames.film_frames is not None:
        return high - bases[0] >= frames.film_frames
    raise UserError(
        f"{path} calls its {len(frames.times)} frames {numbering.first} to {high}; the clip has as many, from frame "
        f"{frames.start_frame} of its film on: set pose.first_frame to what the file calls the film's first frame, 0 "
        f"where its numbers are the film's, {numbering.first - frames.start_frame} where its rows are the clip's"
    )


def _base(numbering: Numbering, ends: set[int], film: int | None) -> int | None:
    """Return the number of the film's first frame: the tool's, unless only another fits the film; None if open.

    Where nothing is known 0 is the first if it occurs, 1 if the last number is the number of frames, or if a list of
    the film's pictures begins with it.
    """
    if numbering.first > 0 and film in ends:
        return 1
    if numbering.base is not None:
        return min(numbering.base, numbering.first)
    if numbering.first == 0:
        return 0
    return 1 if numbering.first == 1 and numbering.listed else None


def _by_time(times: np.ndarray, origin_s: float | None, frames: Frames, path: Path) -> np.ndarray:
    """Return the rows by time; where the times stated do not fit the film's, as many rows as frames are one for one.

    times: (T,) s, the first 0
    origin_s: the first as the file has it, s; None where times follow from a frame rate alone
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
        "this clip, or number the rows by the film's frames in a field frames"
    )
