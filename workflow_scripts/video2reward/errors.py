"""Errors that a user can act on: one sentence that names the value, the valid ones and what to do."""

from __future__ import annotations

import difflib
import errno
import os
from collections.abc import Iterable


class UserError(Exception):
    """A mistake in the user's input; only its text is shown, without a traceback."""


def choices(name: str, valid: Iterable[str], kind: str) -> str:
    """Return "unknown KIND 'NAME'; did you mean ...? Valid: ..." for a name that is not in `valid`."""
    names = sorted(valid)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
    return f"unknown {kind} {name!r}.{hint} Valid: {', '.join(names) or 'none'}."


_AGAIN = "existing files are complete; {}, then run the same command again"
_DISK = {
    errno.ENOSPC: f"no space left on the disk: {_AGAIN.format('free some (make prune helps)')}",
    errno.EDQUOT: f"the disk quota is used up: {_AGAIN.format('free some (make prune helps)')}",
    errno.EROFS: f"the file system is read-only: {_AGAIN.format('make it writable')}",
    errno.EACCES: f"permission denied: {_AGAIN.format('give yourself the right to read and write there')}",
}


def disk_trouble(error: BaseException) -> str | None:
    """Return what to tell a user about a disk that cannot be written, None for any other error.

    Libraries that wrap the system's error keep its number or its text in their own message or in the error's cause.
    """
    seen: BaseException | None = error
    while seen is not None:
        number = getattr(seen, "errno", None) or _quoted(str(seen))
        if number in _DISK:
            name = getattr(seen, "filename", None)
            return _DISK[number] + (f" ({name})" if name else "")
        seen = seen.__cause__ or seen.__context__
    return None


def _quoted(text: str) -> int | None:
    """Return the errno of the system error that a text quotes."""
    found = (number for number in _DISK if f"errno = {number}," in text or os.strerror(number) in text)
    return next(found, None)
