"""Errors that a user can act on: one sentence naming the value, the valid ones and the way out."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable


class UserError(Exception):
    """A mistake in the user's input; its text is shown alone, without a traceback."""


def choices(name: str, valid: Iterable[str], kind: str) -> str:
    """Return "unknown KIND 'NAME'; did you mean ...? Valid: ..." for a name that is not in `valid`."""
    names = sorted(valid)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
    return f"unknown {kind} {name!r}.{hint} Valid: {', '.join(names) or 'none'}."


def run_script(main: Callable[[], None]) -> None:
    """Run a workflow script's `main`; a `UserError` ends it with one sentence and exit status 1."""
    try:
        main()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None
