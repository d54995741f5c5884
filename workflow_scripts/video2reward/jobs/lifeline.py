"""Identify processes, and end jobs together with the run that started them, even if that run is killed.

Standard library only: jobs also run in environments that have little else.
"""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "VIDEO2REWARD_RUN"
"""Environment variable of every job: the Snakemake process that executes it."""
POLL_S = 0.5  # for kernels without pidfd (before Linux 5.3)
_ENDED = "ZX"  # states in /proc of processes that have ended


@dataclass(frozen=True)
class Process:
    """One process, identified for good: process ids are reused, but not together with machine and start time.

    machine: one boot and one PID namespace, as containers have their own
    started: clock ticks since the machine's boot
    """

    machine: str
    pid: int
    started: int

    def __str__(self) -> str:
        """Return the process as one word."""
        return f"{self.machine}/{self.pid}/{self.started}"

    @classmethod
    def parse(cls, text: str) -> Process | None:
        """Parse the word that `str` makes; None if it names no process."""
        machine, _, numbers = text.partition("/")
        pid, _, started = numbers.partition("/")
        return cls(machine, int(pid), int(started)) if pid.isdigit() and started.isdigit() else None

    @property
    def here(self) -> bool:
        """Whether this machine can see the process."""
        return self.machine == this_machine()

    @property
    def alive(self) -> bool:
        """Whether the process still runs; only meaningful if it is `here`."""
        found = _stat(self.pid)
        if found is not None:
            return found[0] not in _ENDED and found[2] == self.started
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True  # another user's process, hidden from this user
        return _stat(self.pid) is not None


def this_process() -> Process:
    """Return the calling process."""
    found = _stat(os.getpid())
    return Process(this_machine(), os.getpid(), found[2] if found else 0)


def this_machine() -> str:
    """Return an id that is unique to this machine, boot and container."""
    boot, numbering = "unknown", "unknown"
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    with suppress(OSError):
        numbering = os.readlink("/proc/self/ns/pid").strip("pid:[]")
    return f"{boot}-{numbering}"


def hold_on() -> None:
    """End this process and its children as soon as the run that started this job is gone; without a run do nothing."""
    run = Process.parse(os.environ.get(VARIABLE, ""))
    if run is None or not run.here or run.pid == os.getpid():
        return
    try:
        handle = os.pidfd_open(run.pid)
    except ProcessLookupError:
        _end()
    except (AttributeError, OSError):
        handle = -1
    if not run.alive:  # checked after opening the handle, so the handle cannot belong to a later process
        _end()
    threading.Thread(target=_wait, args=(run, handle), name="lifeline", daemon=True).start()


def processes() -> Iterator[int]:
    """Yield the ids of all visible processes."""
    return (int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit())


def children(pid: int) -> list[int]:
    """Return all descendants of a process."""
    parents = {child: found[1] for child in processes() if (found := _stat(child)) is not None}
    family, generation = [], [pid]
    while generation:
        generation = [child for child, parent in parents.items() if parent in generation]
        family += generation
    return family


def _wait(run: Process, handle: int) -> None:
    if handle >= 0:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.poll()
    else:
        while run.alive:
            time.sleep(POLL_S)
    _end()


def _end() -> None:
    """Kill the children, then this process, without clean-up: nothing may be written any more."""
    for _ in range(3):  # a child may be starting another one
        family = children(os.getpid())
        for pid in family:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def _stat(pid: int) -> tuple[str, int, int] | None:
    """Return a process's state, parent and start (clock ticks since boot), None if it does not exist."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name may hold spaces and parentheses
    return fields[0], int(fields[1]), int(fields[19])
