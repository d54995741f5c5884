"""Reading the fields of a keypoint file in this project's layout, .npz or .h5."""

from __future__ import annotations

import json
import math
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from video2reward.artifacts.hdf5 import MOST_BYTES
from video2reward.errors import UserError


def npz_fields(path: Path) -> dict[str, Any]:
    """Return an .npz file's arrays by name; text is str. Arrays of Python objects are a ValueError.

    Raises:
        UserError: an array that claims more values than its member of the file holds
    """
    with zipfile.ZipFile(path) as members:
        claims = [_claimed(members, member, path) for member in members.infolist()]
    if sum(claims) > MOST_BYTES:
        raise UserError(f"{path} claims {sum(claims):.3g} bytes of arrays, at most {MOST_BYTES:.3g} are read")
    with np.load(path, allow_pickle=False) as file:
        return {name: _plain(file[name]) for name in file.files}


def _claimed(members: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> int:
    """Return the bytes of an array: numpy makes room for them before it looks whether they are there."""
    with members.open(member) as stream:
        first = np.lib.format.read_magic(stream) == (1, 0)
        read = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(stream)
    claimed = math.prod(shape) * dtype.itemsize
    if claimed > member.file_size and not dtype.hasobject:
        raise UserError(
            f"{path}: {member.filename} claims {shape} values, more than it holds; write the file again"
        )
    return claimed


def h5_fields(file: h5py.File) -> dict[str, Any]:
    """Return an open file's top datasets and attributes by name; text is str, or what it holds as JSON."""
    arrays = {name: file[name][()] for name in file if isinstance(file.get(name), h5py.Dataset)}
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
