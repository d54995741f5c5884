"""Reading the fields of a keypoint file that was made elsewhere, .npz or .h5."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from video2reward.errors import UserError


def read_fields(path: Path) -> dict[str, Any]:
    """Return the file's arrays and attributes by name; text is str.

    Raises:
        UserError: missing, neither .npz nor .h5, damaged, or an array of Python objects
    """
    if not path.exists():
        raise UserError(f"{path} does not exist; correct pose.keypoints in the configuration")
    readers = {".npz": _npz, ".h5": _h5, ".hdf5": _h5}
    if path.suffix not in readers:
        raise UserError(f"{path} cannot be imported; valid: {', '.join(readers)}")
    try:
        return {name: _plain(value) for name, value in readers[path.suffix](path).items()}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} is not a readable {path.suffix} file ({error}); write it again") from None


def _npz(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _h5(path: Path) -> dict[str, Any]:
    with h5py.File(path, "r") as file:
        arrays = {name: file[name][()] for name in file if isinstance(file[name], h5py.Dataset)}
        return {**dict(file.attrs), **arrays}


def _plain(value: Any) -> Any:
    """Turn stored text into str (or what it holds as JSON, as our own attributes do), and lists of it."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "SO":
        return [_plain(item) for item in value.ravel()]
    if isinstance(value, np.ndarray) and value.dtype.kind == "U":
        return value.ravel().tolist() if value.ndim else str(value)
    if isinstance(value, bytes):
        value = value.decode()
    if isinstance(value, str):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value
