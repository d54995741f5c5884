"""Reading the fields of a keypoint file in this project's format, .npz or .h5."""

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
    """Return an .npz file's arrays by name, text as str; arrays of Python objects raise a ValueError.

    Raises:
        UserError: an array's header declares more values than the file holds
    """
    with zipfile.ZipFile(path) as members:
        claims = [_claimed(members, member, path) for member in members.infolist()]
    if sum(claims) > MOST_BYTES:
        raise UserError(f"{path} declares {sum(claims):.3g} bytes of arrays; the limit is {MOST_BYTES:.3g}")
    with np.load(path, allow_pickle=False) as file:
        return {name: _plain(file[name]) for name in file.files}


def _claimed(members: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> int:
    """Return an array's declared size, bytes: numpy allocates it before checking that the data is there."""
    with members.open(member) as stream:
        first = np.lib.format.read_magic(stream) == (1, 0)
        read = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(stream)
    claimed = math.prod(shape) * dtype.itemsize
    if claimed > member.file_size and not dtype.hasobject:
        raise UserError(
            f"{path}: {member.filename} declares the shape {shape}, more than it holds; write the file again"
        )
    return claimed


def h5_fields(file: h5py.File) -> dict[str, Any]:
    """Return an open file's top-level datasets and attributes by name; text as str, or decoded if it is JSON."""
    arrays = {name: file[name][()] for name in file if isinstance(file.get(name), h5py.Dataset)}
    return {name: _plain(value) for name, value in {**dict(file.attrs), **arrays}.items()}


def _plain(value: Any) -> Any:
    """Convert stored text to str, or decode it if it is JSON as in our own attributes; also in lists."""
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
