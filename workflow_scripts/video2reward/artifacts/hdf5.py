"""Open untrusted HDF5 files: data outside the file, or more than fits into memory, is refused.

An HDF5 file can include bytes of other files: external links, external dataset storage, virtual datasets. None of the
layouts read here needs them, and a foreign file could use them to read any file of its reader.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from video2reward.errors import UserError

MOST_BYTES = 2 << 30  # declared size of all datasets; an hour of several animals takes a tenth of it
MOST_TEXTS = 100_000  # elements of variable length, whose bytes are not declared


@contextmanager
def open_h5(path: Path) -> Iterator[h5py.File]:
    """Open an HDF5 file for reading, after checking everything in it that can be reached by name.

    Raises:
        UserError: missing, not a plain file, refers to other files, or too large
        OSError: not an HDF5 file, or damaged
    """
    if not path.exists():
        raise UserError(f"{path} does not exist")
    if not path.is_file():
        raise UserError(f"{path} is not a file; an HDF5 file is needed")
    with h5py.File(path, "r") as file:
        _check(file, path)
        yield file


def _check(file: h5py.File, path: Path) -> None:
    """Walk along the hard links, which also reach every target of a soft link within the file."""
    seen: set[int] = set()
    total = 0
    waiting = [("", file["/"].id)]
    while waiting:
        place, group = waiting.pop()
        for link in group:
            name = f"{place[-200:]}/{link.decode(errors='replace')}"
            kind = group.links.get_info(link).type
            if kind == h5py.h5l.TYPE_SOFT:
                continue
            if kind != h5py.h5l.TYPE_HARD:
                other = ""
                if kind == h5py.h5l.TYPE_EXTERNAL:
                    other = f" to {group.links.get_val(link)[0].decode(errors='replace')!r}"
                raise _outside(path, f"{name} is a link{other}, outside this file")
            address = h5py.h5o.get_info(group, link).addr
            if address in seen:
                continue
            seen.add(address)
            thing = h5py.h5o.open(group, link)
            if isinstance(thing, h5py.h5g.GroupID):
                waiting.append((name, thing))
            elif isinstance(thing, h5py.h5d.DatasetID):
                total += _declared(thing, name, path)
    if total > MOST_BYTES:
        raise UserError(
            f"{path} declares {total:.3g} bytes of data, and the limit is {MOST_BYTES:.3g}; keep only the keypoints of "
            "this clip in it"
        )


def _declared(dataset: h5py.h5d.DatasetID, name: str, path: Path) -> int:
    """Return the bytes needed to read a dataset, including one chunk."""
    how = dataset.get_create_plist()
    if how.get_external_count():
        raise _outside(path, f"{name} keeps its data in {how.get_external(0)[0].decode(errors='replace')!r}")
    layout = how.get_layout()
    if layout == h5py.h5d.VIRTUAL:
        source = how.get_virtual_filename(0) if how.get_virtual_count() else "others"
        raise _outside(path, f"{name} is virtual, a view of {source!r}")
    elements = math.prod(dataset.shape or ())
    size = dataset.get_type().get_size()
    chunk = math.prod(how.get_chunk()) if layout == h5py.h5d.CHUNKED else 0
    if max(elements, chunk) * size > MOST_BYTES:
        raise UserError(
            f"{path}: {name} declares {max(elements, chunk):.3g} values of {size} bytes, far more than keypoints need; "
            "write the file again"
        )
    if elements > MOST_TEXTS and dataset.dtype.hasobject:
        raise UserError(
            f"{path}: {name} declares {elements:.3g} texts or lists, and the limit is {MOST_TEXTS}"
        )
    return elements * size + chunk * size


def _outside(path: Path, what: str) -> UserError:
    return UserError(f"{path}: {what}, which is not read; save everything in one file")
