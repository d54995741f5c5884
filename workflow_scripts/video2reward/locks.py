"""Snakemake's locks after a kill: those of dead runs are removed, those of living ones respected."""

from __future__ import annotations

import atexit
import os
from pathlib import Path


def release_dead_locks(folder: Path) -> bool:
    """Remove the locks in a `.snakemake` folder if every run recorded there is dead -> whether any were removed.

    The calling process is recorded until it exits. Locks without any record are left alone: they come
    from a run that did not record itself, which may be alive on another machine.
    """
    records, locks = folder / "runs", folder / "locks"
    known = list(records.glob("*")) if records.exists() else []
    dead = [record for record in known if not _alive(record.name)]
    held = list(locks.glob("*")) if locks.exists() else []
    release = bool(held) and bool(dead) and len(dead) == len(known)
    for path in [*dead, *(held if release else [])]:
        path.unlink(missing_ok=True)
    records.mkdir(parents=True, exist_ok=True)
    own = records / _identity(os.getpid())
    own.touch()
    atexit.register(own.unlink, missing_ok=True)
    return release


def _identity(pid: int) -> str:
    """Return machine, process number and start time: numbers are used again, all three together are not."""
    import psutil

    return f"{os.uname().nodename}-{pid}-{psutil.Process(pid).create_time():.2f}"


def _alive(identity: str) -> bool:
    """Tell whether the recorded process still runs; one on another machine counts as alive."""
    import psutil

    node, pid, _ = identity.rsplit("-", 2)
    if node != os.uname().nodename:
        return True
    try:
        return _identity(int(pid)) == identity
    except psutil.NoSuchProcess:
        return False
