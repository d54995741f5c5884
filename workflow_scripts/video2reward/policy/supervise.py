"""A training in a process of its own, watched by its parent: what a reward does to its process ends nothing else.

A reward is machine code once it is compiled: it may crash, be killed for the memory it takes, or never come back.
The child marks the calls in memory that both share, so the parent knows whose doing its end was.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
import select
import signal
import struct
import sys
import time
from contextlib import suppress

from video2reward.errors import UserError
from video2reward.jobs.lifeline import hold_on
from video2reward.reward_contract import DEATHS

STALL_S = 60.0
"""Processor time of one call after which a reward counts as endless; a trial allows 0.1 s for few agents."""
HOARD_MB = 1024
"""Memory that one call must have taken for its process's SIGKILL to count as the reward's doing."""
_POLL_S = 1.0
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class CallMark:
    """Whether the child is inside the reward's call; one writes, the other reads."""

    _LAYOUT = struct.Struct("dd")  # processor seconds at the call's begin, 0 outside; peak memory then, kB

    def __init__(self) -> None:
        """Share a page of memory with the processes that are forked from now on."""
        self._page = mmap.mmap(-1, mmap.PAGESIZE)

    def begin(self) -> None:
        """Mark that a call begins."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._LAYOUT.pack_into(self._page, 0, time.process_time(), peak)

    def end(self) -> None:
        """Mark that it is over."""
        self._LAYOUT.pack_into(self._page, 0, 0.0, 0.0)

    @property
    def began(self) -> tuple[float, float]:
        """Processor seconds and peak memory, kB, at the begin of the call that runs; zeros outside of one."""
        seconds, peak = self._LAYOUT.unpack_from(self._page)
        return seconds, peak


def run_supervised(mark: CallMark) -> str | None:
    """Fork -> None in the child, which goes on; in the parent, at the child's end, why the reward ended it.

    The parent ends as the child did where the reward had no part in it. Fork before torch is imported.

    Raises:
        UserError: in the parent: the child was killed from outside the reward
        SystemExit: in the parent, with the child's status
    """
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _settle(parent)
        return None
    try:
        endless = _wait(child, mark)
        _, status, usage = os.wait4(child, 0)
    except BaseException:  # an interrupted parent leaves no child; checkpoints are whole at any time
        _kill(child)
        raise
    if endless:
        return f"one call of the reward took more than {STALL_S:g} s of processor time (an endless loop?)"
    return _reason(os.waitstatus_to_exitcode(status), mark, usage.ru_maxrss)


def _settle(parent: int) -> None:
    """Let the child end with its parent and with the run, and leave interrupts to the parent."""
    with suppress(OSError, AttributeError):  # Linux only
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    hold_on()


def _wait(child: int, mark: CallMark) -> bool:
    """Wait for the child to end -> whether it was ended here, in a call that takes too long.

    Processor time counts, so that a stopped or crowded machine ends nothing.
    """
    poll = None
    with suppress(AttributeError, OSError):  # before Linux 5.3
        poll = select.poll()
        poll.register(os.pidfd_open(child), select.POLLIN)
    while True:
        if poll is not None:
            poll.poll(1000 * min(_POLL_S, STALL_S / 4))
        else:
            time.sleep(0.1)
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return False
        began, _ = mark.began
        if began and _processor_seconds(child) - began > STALL_S and mark.began[0] == began:
            os.kill(child, signal.SIGKILL)
            return True


def _processor_seconds(pid: int) -> float:
    """Return the processor time that another process has used, all threads together."""
    try:
        return time.clock_gettime((~pid << 3) | 2)  # its clock, as clock_getcpuclockid(3) makes it on Linux
    except OSError:  # just gone
        return 0.0


def _reason(status: int, mark: CallMark, peak_kb: float) -> str:
    """Return why the reward ended its process, or end as the process did if it was not the reward."""
    began, before_kb = mark.began
    hoard_mb = (peak_kb - before_kb) / 1024
    if began and status >= 0:
        return f"the reward ended its process, with exit status {status}"
    if began and -status in DEATHS:
        return f"the reward ended its process: {DEATHS[signal.Signals(-status)]}"
    if began and -status == signal.SIGKILL and hoard_mb > HOARD_MB:
        return f"the reward took {hoard_mb:,.0f} MB in one call, and the system killed its process for want of memory"
    if status < 0:
        raise UserError(
            f"the training's process was ended by {signal.Signals(-status).name}, by the batch system, for want of "
            "memory or by a fault outside the reward; the same command goes on from its checkpoint"
        )
    raise SystemExit(status)


def _kill(child: int) -> None:
    with suppress(OSError):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
