"""What holds the process in which untrusted reward code runs: memory, time, files, network, system calls."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from typing import Any

from video2reward.reward.system_calls import forbid_system_calls

_CLONE_NEWNET = 0x40000000  # linux/sched.h
_CLONE_NEWUSER = 0x10000000


def leave_network() -> str:
    """Move this process into an empty network namespace; say whether the system let it.

    Call it before any thread exists. Without the right to do so a user namespace is tried.
    """
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET):
            if libc.unshare(flags) == 0:
                return "own empty network namespace"
        return (
            f"not separated here ({os.strerror(ctypes.get_errno())}); no socket can be opened while it runs"
        )
    except (OSError, AttributeError) as error:
        return f"not separated here ({error}); no socket can be opened while it runs"


def limit_resources(seconds: float, memory_mb: int) -> dict[str, Any]:
    """Limit this process from now on -> what holds, by name.

    seconds: of wall time and of CPU time; the system kills the process (SIGALRM, SIGXCPU) after them
    memory_mb: of address space above what the process uses already
    Files can no longer grow: every write to one fails.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(usage.ru_utime + usage.ru_stime + seconds) + 1
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    held = {"wall_s": seconds}
    limits = {
        "cpu_s": (resource.RLIMIT_CPU, cpu, seconds),
        "memory_mb": (resource.RLIMIT_AS, _address_space() + memory_mb * 2**20, memory_mb),
        "file_bytes": (resource.RLIMIT_FSIZE, 0, 0),
        "core_bytes": (resource.RLIMIT_CORE, 0, 0),
    }
    return held | {name: _set(what, value, shown) for name, (what, value, shown) in limits.items()}


def limit_growth(size: int | None = None) -> None:
    """Let this process's address space grow by `size` bytes at most, by half of the machine's memory if not given.

    For the training process, which must write files: a reward that hoards memory there raises an error of its
    own instead of having the system kill the job.
    """
    if size is None:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    _set(resource.RLIMIT_AS, _address_space() + size, size)


def forbid_files_and_system_calls() -> dict[str, Any]:
    """Let no file or socket be opened and no process be started from now on -> what holds, by name."""
    return {"open_files": _set(resource.RLIMIT_NOFILE, 0, 0), "system_calls": forbid_system_calls()}


def _set(what: int, value: int, shown: Any) -> Any:
    """Set a limit for good; return what it allows, or why it could not be set."""
    try:
        resource.setrlimit(what, (value, value))
    except (ValueError, OSError) as error:
        return f"not held here ({error})"
    return shown


def _address_space() -> int:
    """Return this process's virtual size, bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
