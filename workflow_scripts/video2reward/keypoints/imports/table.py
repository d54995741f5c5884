"""Plain tables (.csv): one header row, a column with the frame or time, and joint coordinates.

Wide, one row per frame and subject: nose_x, nose_y, nose_score, or as in SLEAP's analysis .csv
(sleap/info/write_tracking_h5.py): track, frame_idx, instance.score, nose.x, nose.y, nose.score. Long, one row per
joint: frame, joint, x, y, confidence.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from video2reward.errors import UserError
from video2reward.keypoints.imports.numbering import Numbering, is_name, numbers_of, picture
from video2reward.keypoints.imports.recording import ClipFacts, Recording, joined

FRAME = ("frame", "frame_idx", "frame_id", "frame_index", "frame_number", "frames", "image", "image_id", "file_name", "filename")  # fmt: skip
TIME = ("time", "time_s", "times", "timestamp", "seconds", "t")
WHO = ("track", "track_id", "individual", "animal", "subject", "person", "person_id", "id")
JOINT = ("joint", "bodypart", "keypoint", "node", "landmark", "name")
SURE = ("likelihood", "confidence", "conf", "score", "c", "p", "prob", "probability", "visibility", "v")
EMPTY = {"", "nan", "none", "null", "na", "n/a", "<na>"}
_Places = tuple[int, int, int | None]  # columns of x, y and confidence
_COORDINATE = re.compile(rf"^(.+?)[\s_.:/-]+(x|y|{'|'.join(SURE)})$", re.IGNORECASE)


@dataclass(frozen=True)
class _Entry:
    """One joint of one subject in one frame; an empty number is NaN."""

    line: int
    frame: Hashable
    who: str
    joint: str
    values: tuple[float, float, float]


def read_table(rows: Sequence[Sequence[str]], path: Path, clip: ClipFacts) -> Recording | None:
    """Read a table's rows, header first; None if it has no joints or no column with frames or times.

    Raises:
        UserError: ragged rows, text among numbers, or a subject's joint twice in a frame
    """
    plain = [cell.strip().casefold().replace(" ", "_") for cell in rows[0]]
    frame, time = _first(plain, FRAME), _first(plain, TIME)
    when = frame if frame is not None else time
    found = _entries(rows, plain, when, path) if when is not None else None
    if found is None:
        return None
    if not found:
        raise UserError(f"{path} has a header but no rows; save it again")
    if frame is not None:
        numbers = numbers_of([entry.frame for entry in found], path, clip.film)
        base = 0 if plain[frame] == "frame_idx" else None
        pictures = {picture(str(one)): number for one, number in numbers.items() if is_name(one)}
        numbering = Numbering(min(numbers.values()), base, pictures=pictures)
        return Recording(*_filled(found, numbers, path), numbering)
    seconds = {entry.frame: number(str(entry.frame), path, entry.line) for entry in found}
    times = np.array(sorted(set(seconds.values())))
    places = {one: int(np.searchsorted(times, value)) for one, value in seconds.items()}
    origin = float(times[0])
    return Recording(*_filled(found, places, path), numbering=None, times=times - origin, origin_s=origin)


def number(cell: str, path: Path, line: int) -> float:
    """Return a cell's number, NaN if it is empty; a `UserError` for anything else."""
    if cell.strip().casefold() in EMPTY:
        return float("nan")
    try:
        return float(cell)
    except ValueError:
        raise UserError(f"{path}, line {line}: {cell!r} is not a number; correct it or save again") from None


def check_width(row: Sequence[str], header: Sequence[str], path: Path, line: int) -> None:
    """Raise a `UserError` if a row's width differs from the header's."""
    if len(row) != len(header):
        raise UserError(
            f"{path}, line {line}: {len(row)} cells, the header has {len(header)}; the file is cut off or damaged, "
            "save it again"
        )


def _entries(
    rows: Sequence[Sequence[str]], plain: Sequence[str], when: int, path: Path
) -> list[_Entry] | None:
    """Return all joints of a wide or long table, None if it is neither."""
    who, name = _first(plain, WHO), _first(plain, JOINT)
    if name is not None and {"x", "y"} <= set(plain):
        places: dict[str, _Places] = {"": (plain.index("x"), plain.index("y"), _first(plain, SURE))}
    else:
        name, places = None, _wide(rows[0], {when, who})
    found = []
    for line, row in enumerate(rows[1:], 2):
        check_width(row, rows[0], path, line)
        for joint, columns in places.items():
            x, y, sure = (np.nan if at is None else number(row[at], path, line) for at in columns)
            subject = row[who].strip() if who is not None else ""
            said = joint if name is None else row[name].strip()
            found.append(_Entry(line, row[when].strip(), subject, said, (x, y, sure)))
    return found if places else None


def _filled(
    found: Sequence[_Entry], numbers: Mapping[Hashable, int], path: Path
) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """Return keypoints (N, T, J, 3) from the lowest to the highest frame number, joint names and subjects."""
    joints = tuple(dict.fromkeys(entry.joint for entry in found))
    subjects = tuple(dict.fromkeys(entry.who for entry in found))
    first, last = min(numbers.values()), max(numbers.values())
    values = np.full((len(subjects), last - first + 1, len(joints), 3), np.nan)
    values[..., 2] = 0.0
    taken = set()
    for entry in found:
        if entry.frame not in numbers:
            continue
        place = subjects.index(entry.who), numbers[entry.frame] - first, joints.index(entry.joint)
        if place in taken:
            raise UserError(
                f"{path}, line {entry.line}: frame {entry.frame} is there twice; keep one row of each"
            )
        taken.add(place)
        values[place] = entry.values
    return joined(values[..., :2], values[..., 2]), joints, subjects


def _wide(header: Sequence[str], others: set[int | None]) -> dict[str, _Places]:
    """Return joint -> columns, for joints with x and y."""
    found: dict[str, dict[str, int]] = {}
    for i, cell in enumerate(header):
        match = _COORDINATE.match(cell.strip()) if i not in others else None
        if match:
            kind = match[2].casefold()
            found.setdefault(match[1], {})["sure" if kind in SURE else kind] = i
    return {joint: (at["x"], at["y"], at.get("sure")) for joint, at in found.items() if {"x", "y"} <= set(at)}


def _first(plain: Sequence[str], names: Sequence[str]) -> int | None:
    return next((plain.index(name) for name in names if name in plain), None)
