"""DeepLabCut tables of one or several animals: .csv, or .h5 written by pandas.

Columns have three or four levels: scorer, (individuals), bodyparts, coords (x, y and optionally likelihood); rows
are frames. See deeplabcut/pose_estimation_pytorch/apis/videos.py, create_df_from_prediction. The .h5 is read
without pandas and PyTables: it is plain HDF5, except for column names that PyTables stores as pickles. A
restricted unpickler reads those; it accepts only lists, tuples, strings and numbers.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from video2reward.errors import UserError
from video2reward.keypoints.imports.csv_rows import csv_rows
from video2reward.keypoints.imports.numbering import Numbering, is_name, numbers_of, picture, text
from video2reward.keypoints.imports.recording import ClipFacts, Recording, joined
from video2reward.keypoints.imports.table import check_width, number, read_table
from video2reward.settings.video import Pose

LEVELS = ("scorer", "individuals", "bodyparts", "coords")
ALL_TOGETHER = "single"  # the "individual" of bodyparts that belong to no animal, such as a box's corner
_OURS = "expected are DeepLabCut's header rows scorer, (individuals), bodyparts, coords"


def read_csv(path: Path, pose: Pose, clip: ClipFacts) -> Recording:
    """Read the .csv that DeepLabCut saves beside its .h5; the frame number leads each row.

    Raises:
        UserError: another header, ragged rows, or text among the numbers
    """
    rows = csv_rows(path)
    header = [row for row in rows[:4] if row[0].strip().lower() in LEVELS]
    found = [row[0].strip().lower() for row in header]
    if found not in ([*LEVELS], [LEVELS[0], *LEVELS[2:]]):
        plain = read_table(rows, path, clip) if rows else None
        if plain is not None:
            return plain
        first = rows[0][0][:40] if rows else ""
        raise UserError(
            f"{path} begins with {first!r}; {_OURS}, or one header row with frame, and x and y of every joint"
        )
    index_columns = next((i for i, cell in enumerate(header[-1][1:], 1) if cell.strip()), 1)
    columns = list(zip(*(row[index_columns:] for row in header), strict=True))
    values, index = [], []
    for line, row in enumerate(rows[len(header) :], len(header) + 1):
        check_width(row, header[0], path, line)
        values.append([number(cell, path, line) for cell in row[index_columns:]])
        index.append("/".join(cell for cell in row[:index_columns] if cell.strip()))
    return _recording(columns, np.array(values, float), index, path, clip)


def table_of(file: h5py.File) -> h5py.Group | None:
    """Return the group of an .h5 file that holds a pandas table, or None."""
    for group in file.values():
        if isinstance(group, h5py.Group) and text(group.attrs.get("pandas_type")).startswith("frame"):
            return group
    return None


def read_pandas(group: h5py.Group, path: Path, clip: ClipFacts) -> Recording:
    """Read a pandas table in `table` layout (analysed videos) or `fixed` layout (labelled frames).

    Raises:
        UserError: the columns are not DeepLabCut's
    """
    return (_table if text(group.attrs["pandas_type"]) == "frame_table" else _fixed)(group, path, clip)


def _table(group: h5py.Group, path: Path, clip: ClipFacts) -> Recording:
    table = group["table"]
    rows = table[()]
    blocks = [name for name in rows.dtype.names if name.startswith("values_block_")]
    columns = [column for block in blocks for column in _unpickled(table.attrs[f"{block}_kind"])]
    values = np.concatenate([rows[block].reshape(len(rows), -1) for block in blocks], axis=1)
    return _recording(columns, values.astype(float), rows["index"].tolist(), path, clip)


def _fixed(group: h5py.Group, path: Path, clip: ClipFacts) -> Recording:
    columns: list[tuple[str, ...]] = []
    values = []
    for block in range(int(group.attrs["nblocks"])):
        items = f"block{block}_items"
        levels = range(int(group.attrs[f"{items}_nlevels"]))
        names = [[text(name) for name in group[f"{items}_level{i}"][()]] for i in levels]
        codes = [group[f"{items}_label{i}"][()] for i in levels]
        columns += [tuple(names[i][code] for i, code in enumerate(row)) for row in zip(*codes, strict=True)]
        values.append(np.asarray(group[f"block{block}_values"], float))
    return _recording(columns, np.concatenate(values, axis=1), _fixed_index(group), path, clip)


def _fixed_index(group: h5py.Group) -> list[Hashable]:
    """Return the index of a `fixed` table: numbers, file names, or paths joined from several levels."""
    if "axis1" in group:
        return list(group["axis1"][()].tolist())
    levels = []
    for level in range(int(group.attrs["axis1_nlevels"])):
        names = group[f"axis1_level{level}"][()].tolist()
        levels.append([text(names[code]) if code >= 0 else "" for code in group[f"axis1_label{level}"][()]])
    return ["/".join(part for part in row if part) for row in zip(*levels, strict=True)]


def _recording(
    columns: Sequence[tuple[str, ...]],
    values: np.ndarray,
    index: Sequence[Hashable],
    path: Path,
    clip: ClipFacts,
) -> Recording:
    """Convert a table (rows, columns) to the keypoints of all individuals in every frame."""
    keys = [tuple(str(part).strip() for part in column) for column in columns]
    if not keys or any(len(key) not in (3, 4) for key in keys) or len(values) == 0:
        raise UserError(
            f"{path} holds {len(values)} rows of {len(keys)} columns; {_OURS}, then one row per frame"
        )
    place = {(key[1] if len(key) == 4 else "", key[-2], key[-1].lower()): i for i, key in enumerate(keys)}
    names = [name for name in dict.fromkeys(who for who, _, _ in place) if name != ALL_TOGETHER] or [
        ALL_TOGETHER
    ]
    joints = list(dict.fromkeys(part for who, part, _ in place if who in names))
    if not all(any((who, part, c) in place for who in names) for part in joints for c in "xy"):
        raise UserError(f"{path} has no columns x and y for every bodypart; {_OURS} x, y, likelihood")
    kept, frames = _frame_numbers(index, path, clip.film)
    values, first = values[kept], int(frames.min())
    dense = np.full((len(names), int(frames.max()) - first + 1, len(joints), 3), np.nan)
    dense[..., 2] = 0.0
    for n, who in enumerate(names):
        for j, part in enumerate(joints):
            x, y, likelihood = (place.get((who, part, c)) for c in ("x", "y", "likelihood"))
            if x is None or y is None:
                continue
            sure = None if likelihood is None else values[:, likelihood]
            dense[n, frames - first, j] = joined(values[:, [x, y]], sure)
    pictures = {
        picture(text(index[row])): int(k) for row, k in zip(kept, frames, strict=True) if is_name(index[row])
    }
    # DeepLabCut's tables begin with frame 0: one that begins with 1 has another origin and may count from 1.
    base = None if first == 1 and not pictures else 0
    return Recording(dense, tuple(joints), tuple(names), Numbering(first, base, pictures=pictures))


def _frame_numbers(index: Sequence[Hashable], path: Path, film: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the video's rows and their frame numbers: the index, or the number in a picture's name.

    DeepLabCut counts a video's frames from 0, also in the names of extracted pictures.
    """
    numbers = numbers_of(index, path, film)
    kept = np.array([row for row, one in enumerate(index) if one in numbers])
    frames = np.array([numbers[index[row]] for row in kept])
    ordered = not is_name(index[kept[0]])  # pictures may be sorted as text
    seen: set[int] = set()
    for row, frame in zip(kept, frames, strict=True):
        if frame in seen or (ordered and frame < max(seen, default=0)):
            raise UserError(
                f"{path}, row {row}: frame {text(index[row])!r} is out of order or there twice; save the table again"
            )
        seen = {int(frame)} if ordered else seen | {int(frame)}
    return kept, frames


class _PlainUnpickler(pickle.Unpickler):
    """Unpickles builtin containers, strings and numbers only; refuses classes and functions."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"column names hold an object of {module}.{name}")


def _unpickled(attribute: Any) -> list[tuple[str, ...]]:
    """Return the column names that PyTables pickled into an attribute."""
    content = _PlainUnpickler(io.BytesIO(bytes(attribute))).load()
    columns = [tuple(column) if isinstance(column, tuple | list) else (column,) for column in content]
    if not all(isinstance(part, str | bytes | int | float) for column in columns for part in column):
        raise ValueError("its column names are not plain text")
    return [tuple(text(part) for part in column) for column in columns]
