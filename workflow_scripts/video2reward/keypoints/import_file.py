"""Reading the fields of a keypoint file in this project's layout, .npz or .h5."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np


def npz_fields(path: Path) -> dict[str, Any]:
    """Return an .npz file's arrays by name; text is str. Arrays of Python objects are a ValueError."""
    with np.load(path, allow_pickle=False) as file:
        return {name: _plain(file[name]) for name in file.files}


def h5_fields(path: Path) -> dict[str, Any]:
    """Return an .h5 file's top datasets and attributes by name; text is str, or what it holds as JSON."""
    with h5py.File(path, "r") as file:
        arrays = {name: file[name][()] for name in file if isinstance(file[name], h5py.Dataset)}
        return {name: _plain(value) for name, value in {**dict(file.attrs), **arrays}.items()}


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
