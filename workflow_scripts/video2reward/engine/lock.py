"""Snakemake's lock, with the results folder claimed first and the locks of killed runs removed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from video2reward.errors import UserError, disk_trouble
from video2reward.results.claims import claimed


def hold_results(results: Path) -> None:
    """Make this process's Snakemake claim `results` when, and only when, it locks its working directory.

    A working directory where Snakemake cannot keep its records ends this process with a sentence.
    """
    from snakemake.persistence import PersistenceBase

    try:
        Path(".snakemake").mkdir(exist_ok=True)
    except OSError as error:
        raise SystemExit(f"error: {disk_trouble(error) or error}") from None
    own: Any = PersistenceBase.lock
    own = getattr(own, "without_claim", own)
    PersistenceBase.lock = _with_claim(own, results)  # type: ignore[method-assign]


def _with_claim(own: Any, results: Path) -> Any:
    @contextmanager
    def lock(persistence: Any) -> Iterator[None]:
        with ExitStack() as held:
            try:
                left = _locks(persistence)
                # With nothing to do nothing is written, so that finished results may lie on a read-only disk.
                claim = claimed(results, persistence.path / "runs")
                if (len(persistence.dag) or left) and held.enter_context(claim):
                    release_locks(left)
                held.enter_context(own(persistence))
            except UserError as error:
                raise SystemExit(f"error: {error}") from None
            except OSError as error:
                if (sentence := disk_trouble(error)) is None:
                    raise
                raise SystemExit(f"error: {sentence}") from None
            yield

    lock.without_claim = own  # type: ignore[attr-defined]
    return lock


def _locks(persistence: Any) -> list[Path]:
    """Return the locks in the working directory; with Snakemake's database for one, --unlock stays the user's affair."""
    folder = getattr(persistence, "_lockdir", None)
    return list(Path(folder).glob("*.lock")) if folder else []


def release_locks(left: list[Path]) -> None:
    """Remove the locks that killed runs left, and say so."""
    for path in left:
        path.unlink(missing_ok=True)
    if left:
        print("a run here was killed; its locks are removed, what it finished is kept", file=sys.stderr)
