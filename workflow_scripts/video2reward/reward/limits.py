"""Limits on the process that runs untrusted reward code: memory, time, files, network, system calls."""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from video2reward.reward.system_calls import forbid_system_calls

PAGE = os.sysconf("SC_PAGE_SIZE")
_CLONE_NEWNET = 0x40000000  # linux/sched.h
_CLONE_NEWUSER = 0x10000000


def leave_network() -> str:
    """Move this process into an empty network namespace; return whether the system allowed it, in words.

    Call before any thread exists. Without the required privilege a user namespace is tried.
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
    """Limit this process from now on -> limits in force, by name.

    seconds: limit of wall time and of CPU time, after which the system kills the process (SIGALRM, SIGXCPU)
    memory_mb: address space beyond what the process already uses
    Files can no longer grow: every write fails.
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


class CallMemory:
    """A limit on the memory of one call of a reward, while the process's other work is unlimited.

    Where it works, a reward that takes too much memory raises an error instead of having the system kill the job.
    """

    def __init__(self, size: int | None = None) -> None:
        """Allow `size` bytes per call, by default a quarter of the free memory, between 256 MB and 4 GB."""
        self.size = size or min(max(available_memory() // 4, 2**28), 2**32)
        # Limit writable memory (RLIMIT_DATA); before Linux 4.7 it covers little, so address space is limited instead.
        kinds = ((resource.RLIMIT_DATA, 5), (resource.RLIMIT_AS, 0))
        self._limit: int | None = None
        self._limit, self._column = next((kind for kind in kinds if self._holds(*kind)), (None, 0))

    @property
    def holds(self) -> str:
        """The limit in force, in words."""
        if self._limit is None:
            return "not limited here"
        return f"{self.size // 2**20} MB"

    def begin(self) -> None:
        """Set the limit."""
        if self._limit is not None:
            _, hard = resource.getrlimit(self._limit)
            wanted = _pages(self._column) + self.size
            resource.setrlimit(self._limit, (wanted if hard < 0 else min(wanted, hard), hard))

    def end(self) -> None:
        """Lift the limit."""
        if self._limit is not None:
            _, hard = resource.getrlimit(self._limit)
            resource.setrlimit(self._limit, (hard, hard))

    @staticmethod
    def _holds(limit: int, column: int) -> bool:
        """Test whether the system enforces a limit."""
        before = resource.getrlimit(limit)
        try:
            resource.setrlimit(limit, (_pages(column) + 2**20, before[1]))
        except (OSError, ValueError):
            return False
        try:
            mmap.mmap(-1, 2**26, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
        except OSError:
            return True
        finally:
            resource.setrlimit(limit, before)
        return False


def call_limits(device: str) -> list[CallMemory]:
    """Return what to limit each call of a training's reward by; prints what holds.

    None on a GPU, which maps far more address space than it has memory.
    """
    if device != "cpu":
        return []
    memory = CallMemory()
    print(f"memory for one call of the reward: {memory.holds}", flush=True)
    return [memory]


def available_memory() -> int:
    """Return the memory available to this process, bytes: the machine's, or its control group's if less."""
    found = [PAGE * os.sysconf("SC_PHYS_PAGES")]
    with suppress(OSError, ValueError, IndexError):
        lines = Path("/proc/meminfo").read_text().splitlines()
        found.append(next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")))
    for group, limit, used in _control_groups():
        with suppress(OSError, ValueError):  # "max" is not a number
            found.append(int((group / limit).read_text()) - int((group / used).read_text()))
    return max(min(found), 0)


def _control_groups() -> Iterator[tuple[Path, str, str]]:
    """Yield the folders of this process's control groups with the file names of limit and usage (cgroups(7), both versions)."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            root, names = Path("/sys/fs/cgroup"), ("memory.max", "memory.current")
        elif "memory" in controllers.split(","):
            root, names = Path("/sys/fs/cgroup/memory"), ("memory.limit_in_bytes", "memory.usage_in_bytes")
        else:
            continue
        here = root / path.lstrip("/")
        yield from ((group, *names) for group in (here, *here.parents) if group.is_relative_to(root))


def forbid_files_and_system_calls() -> dict[str, Any]:
    """Forbid opening files and sockets and starting processes from now on -> limits in force, by name."""
    return {"open_files": _set(resource.RLIMIT_NOFILE, 0, 0), "system_calls": forbid_system_calls()}


def _set(what: int, value: int, shown: Any) -> Any:
    """Set a limit permanently; return what it allows, or why it could not be set."""
    try:
        resource.setrlimit(what, (value, value))
    except (ValueError, OSError) as error:
        return f"not held here ({error})"
    return shown


def _address_space() -> int:
    """Return this process's virtual size, bytes."""
    return _pages(0)


def _pages(column: int) -> int:
    """Return a column of /proc/self/statm in bytes: 0 virtual size, 5 data and stack (proc(5))."""
    file = os.open("/proc/self/statm", os.O_RDONLY)  # a quarter of open()'s time
    try:
        return int(os.read(file, 200).split()[column]) * PAGE
    finally:
        os.close(file)
