"""Download a large file once, with progress, a digest, and instructions for machines without a network."""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import sys
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from video2reward.artifacts.io import atomic_path
from video2reward.errors import UserError
from video2reward.jobs.progress import progress

TIMEOUT_S = 30.0  # without a byte
MEGABYTE = 1_000_000
LARGEST = 8_000 * MEGABYTE
"""Largest download or unpacked archive, bytes: above any video or model, it stops a server that never ends."""
ARCHIVE = ".zip"


class _FailedError(Exception):
    """What went wrong at one address, as part of a sentence."""


def fetch(name: str, addresses: Sequence[str], path: Path, sha256: str) -> None:
    """Download a file from the first address that works, verify it and put it at `path`, atomically.

    An address that ends in .zip gives an archive with one file of `path`'s suffix. If an archive with an address's
    file name already lies beside `path`, it is used instead of a download. If several processes ask at once, one
    downloads and the others wait.

    sha256: of the file; its first digits are enough, and "" verifies nothing

    Raises:
        UserError: no address works; the text gives the reasons, an address and where to put the file by hand
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(name, path):
        if path.exists():
            return
        by_hand = [path.with_name(Path(a).name) for a in addresses if a.endswith(ARCHIVE)]
        for archive in dict.fromkeys(by_hand):
            if archive.exists():
                return _from_disk(name, archive, path, sha256)
        failures = []
        for address in addresses:
            try:
                return _download(name, address, path, sha256)
            except _FailedError as failure:
                failures.append(f"{urlsplit(address).hostname}: {failure}")
        target = by_hand[0] if by_hand else path
        raise UserError(
            f"{name} cannot be downloaded ({'; '.join(failures)}). Try again, or download {addresses[0]} "
            f"elsewhere and put it at {target}"
        )


def _from_disk(name: str, archive: Path, path: Path, sha256: str) -> None:
    """Unpack an archive that was placed by hand."""
    try:
        with atomic_path(path) as aside:
            _unpack(archive, aside)
            _verify(aside, sha256)
    except _FailedError as failure:
        raise UserError(f"{archive} is not {name}'s archive: {failure}; delete it or copy it again") from None


def _download(name: str, address: str, path: Path, sha256: str) -> None:
    print(f"downloading {name} from {address} to {path}", file=sys.stderr, flush=True)
    with atomic_path(path) as aside:
        archive = address.endswith(ARCHIVE)
        raw = aside.with_name(f"{aside.name}{ARCHIVE}") if archive else aside
        _copy(name, address, raw)
        if archive:
            _unpack(raw, aside)
            raw.unlink()
        _verify(aside, sha256)


def _copy(name: str, address: str, to: Path) -> None:
    """Download the content of an address into a file, with progress."""
    request = urllib.request.Request(address, headers={"User-Agent": "video2reward"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer, to.open("wb") as file:
            size = int(answer.headers.get("Content-Length") or 0)
            if size > LARGEST:
                raise _FailedError(
                    f"it has {size / MEGABYTE:.0f} MB, and the limit is {LARGEST / MEGABYTE:.0f} MB"
                )
            pieces = progress(_pieces(answer), name, -(-size // MEGABYTE), "MB")
            for piece in pieces:
                file.write(piece)
                if file.tell() > (size or LARGEST):
                    raise _FailedError(
                        f"it sends more than {'it announced' if size else 'the limit'}: {file.tell()} bytes"
                    )
            got = file.tell()
    except urllib.error.HTTPError as error:
        raise _FailedError(f"the server answers {error.code} {error.reason}") from None
    except (http.client.HTTPException, urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise _FailedError(str(getattr(error, "reason", None) or error or type(error).__name__)) from None
    if got < size:
        raise _FailedError(f"the download broke off after {got / MEGABYTE:.1f} of {size / MEGABYTE:.1f} MB")


def _pieces(answer: Any) -> Iterator[bytes]:
    """Yield pieces of one megabyte, so that counting pieces counts megabytes."""
    while piece := answer.read(MEGABYTE):
        yield piece


def _unpack(archive: Path, to: Path) -> None:
    """Extract the one file of `to`'s suffix from an archive."""
    try:
        with zipfile.ZipFile(archive) as content:
            inside = [entry for entry in content.namelist() if entry.endswith(to.suffix)]
            if len(inside) != 1:
                raise _FailedError(f"the archive holds {len(inside)} {to.suffix} files, expected one")
            with content.open(inside[0]) as source, to.open("wb") as file:
                while piece := source.read(MEGABYTE):
                    file.write(piece)
                    if file.tell() > LARGEST:
                        raise _FailedError(f"the archive unpacks to more than {LARGEST / MEGABYTE:.0f} MB")
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise _FailedError(f"not a readable zip archive ({error})") from None


def _verify(file: Path, sha256: str) -> None:
    with file.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if not found.startswith(sha256):
        raise _FailedError(f"its SHA-256 is {found[:16]}..., expected {sha256[:16]}...")


@contextmanager
def _alone(name: str, path: Path) -> Iterator[None]:
    """Hold the file's lock; without locks (some network disks) two may download, which does no harm."""
    with path.with_name(f".{path.name}.lock").open("ab") as lock:
        with suppress(OSError):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(f"another process is downloading {name}: waiting for it", file=sys.stderr, flush=True)
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield
