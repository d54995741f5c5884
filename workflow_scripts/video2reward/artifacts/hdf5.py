"""Opening HDF5 files that others made: what lies outside the file, or claims more than memory holds, is refused.

HDF5 lets a file name others whose bytes it shows as its own: external links, external storage of a dataset, virtual
datasets. None of the layouts read here needs them, and a file from elsewhere could read any file of its reader.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from video2reward.errors import UserError

MOST_BYTES = 2 << 30  # of all datasets together, as declared; an hour of several animals takes a tenth of it
MOST_TEXTS = 100_000  # elements of variable length, whose bytes no declaration tells


@contextmanager
def open_h5(path: Path) -> Iterator[h5py.File]:
    """Open an HDF5 file to read, after a look at everything in it that can be reached by name.

    Raises:
        UserError: no file, nothing but one (a folder, a pipe), or one that names other files or is too large
        OSError: no HDF5 file, or damaged
    """
    if not path.exists():
        raise UserError(f"{path} does not exist")
    if not path.is_file():
        raise UserError(f"{path} is no file; an HDF5 file is needed")
    with h5py.File(path, "r") as file:
        _check(file, path)
        yield file


def _check(file: h5py.File, path: Path) -> None:
    """Walk along the hard links: what a soft link leads to without leaving the file is met on that way too."""
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
            f"{path} declares {total:.3g} bytes of data, at most {MOST_BYTES:.3g} are read; keep only the keypoints of "
            "this clip in it"
        )


def _declared(dataset: h5py.h5d.DatasetID, name: str, path: Path) -> int:
    """Return the bytes that reading a dataset takes, one of its chunks included."""
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
            f"{path}: {name} declares {max(elements, chunk):.3g} values of {size} bytes, which no film's keypoints need; "
            "write the file again"
        )
    if elements > MOST_TEXTS and dataset.dtype.hasobject:
        raise UserError(
            f"{path}: {name} declares {elements:.3g} texts or lists, at most {MOST_TEXTS} are read"
        )
    return elements * size + chunk * size


def _outside(path: Path, what: str) -> UserError:
    return UserError(f"{path}: {what}, which is not read; save everything within one file")
