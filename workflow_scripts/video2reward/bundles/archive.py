"""One file for many: the same files give the same bytes, and whatever arrives is hostile until it is checked."""

from __future__ import annotations

import io
import lzma
import tarfile
from collections.abc import Mapping
from pathlib import Path

from video2reward.errors import UserError

MOST_PACKED, MOST_UNPACKED, MOST_FILES = 20 * 10**6, 500 * 10**6, 20_000
"""Bytes of a bundle, bytes of its content with the archive's headers, number of its files."""
_MEMORY = 200 * 2**20  # of the decompressor, bytes


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """Return a tar.xz of name -> content: in the order of the names, without owners, times and rights."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(files[name]), 0o644
            tar.addfile(member, io.BytesIO(files[name]))
    return lzma.compress(content.getvalue(), preset=6)


def read_archive(path: Path) -> dict[str, bytes]:
    """Return name -> content of an archive's files, without writing anything.

    Names are relative and stay inside; there are plain files alone, each name once. Anything else is a `UserError`.
    """
    if not path.is_file():
        raise UserError(f"{path} does not exist or is not a file; make rerun BUNDLE=path/to/bundle.tar.xz")
    if (size := path.stat().st_size) > MOST_PACKED:
        raise UserError(
            f"{path} has {size / 1e6:.0f} MB; a bundle has at most {MOST_PACKED / 1e6:.0f} MB: refused"
        )
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(_decompressed(path)), mode="r:") as tar:
            for member in tar:
                _check(path, member, files)
                content = tar.extractfile(member)
                files[member.name] = content.read() if content is not None else b""
    except (tarfile.TarError, lzma.LZMAError, EOFError, ValueError, OSError, RecursionError) as error:
        raise UserError(
            f"{path} is damaged or no bundle ({' '.join(str(error).split()) or type(error).__name__}); get it again"
        ) from None
    return files


def _decompressed(path: Path) -> bytes:
    """Return the tar, decompressed no further than a bundle may be."""
    unpacker = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_MEMORY)
    content = unpacker.decompress(path.read_bytes(), max_length=MOST_UNPACKED + 1)
    if len(content) > MOST_UNPACKED:
        raise UserError(f"{path} unpacks to more than {MOST_UNPACKED / 1e6:.0f} MB: refused")
    if not unpacker.eof or unpacker.unused_data:
        raise EOFError("cut off" if not unpacker.eof else "something follows its end")
    return content


def _check(path: Path, member: tarfile.TarInfo, files: Mapping[str, bytes]) -> None:
    """Raise a `UserError` for a member that is no plain file, leaves the folder or comes twice."""
    parts = member.name.split("/")
    fault = (
        "is no plain file"
        if not member.isreg() or member.issparse()
        else "leaves the folder"
        if any(part in ("", ".", "..") for part in parts) or "\\" in member.name or "\0" in member.name
        else "comes twice"
        if member.name in files
        else ""
    )
    if fault:
        raise UserError(f"{path}: {member.name[:100]!r} {fault}: refused")
    if len(files) >= MOST_FILES:
        raise UserError(f"{path} holds more than {MOST_FILES} files: refused")
