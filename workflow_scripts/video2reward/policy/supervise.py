"""Training in a separate process that its parent watches, so that a reward can only end its own process.

A compiled reward is machine code: it may crash, run out of memory or never return. The child marks calls of the reward
in shared memory, so the parent knows whether the reward caused its end.
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
"""Processor time, s, after which a call of the reward counts as endless; a trial allows 0.1 s for few agents."""
HOARD_MB = 1024
"""Memory that a call must have taken for a SIGKILL to count as the reward's fault."""
_POLL_S = 1.0
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class CallMark:
    """Whether the child is inside a call of a reward, and of whose; the child writes, the parent reads."""

    # Processor seconds at the start of the call, 0 outside; peak memory then, kB; the last caller.
    _LAYOUT = struct.Struct("ddq")

    def __init__(self, candidate: int = 0, page: mmap.mmap | None = None) -> None:
        """Share a page of memory with processes forked from now on; `candidate` is who calls."""
        self._candidate = candidate
        self._page = mmap.mmap(-1, mmap.PAGESIZE) if page is None else page

    def of(self, candidate: int) -> CallMark:
        """Return a mark on the same page for the calls of one candidate."""
        return CallMark(candidate, self._page)

    def begin(self) -> None:
        """Mark that a call begins."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._LAYOUT.pack_into(self._page, 0, time.process_time(), peak, self._candidate)

    def end(self) -> None:
        """Mark that the call has ended."""
        self._LAYOUT.pack_into(self._page, 0, 0.0, 0.0, self._candidate)

    @property
    def began(self) -> tuple[float, float]:
        """Processor seconds and peak memory, kB, at the start of the current call; zeros outside a call."""
        seconds, peak, _ = self._LAYOUT.unpack_from(self._page)
        return seconds, peak

    @property
    def caller(self) -> int:
        """The candidate of the last call."""
        return int(self._LAYOUT.unpack_from(self._page)[2])


def run_supervised(mark: CallMark) -> str | None:
    """Fork -> None in the child, which continues; in the parent, once the child ends, why the reward ended it.

    If the reward did not cause the end, the parent ends as the child did. Call before torch is imported.

    Raises:
        UserError: in the parent, if the child was killed from outside the reward
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
    except BaseException:  # an interrupted parent leaves no child; checkpoints are always complete
        _kill(child)
        raise
    if endless:
        return f"one call of the reward took more than {STALL_S:g} s of processor time (an endless loop?)"
    return _reason(os.waitstatus_to_exitcode(status), mark, usage.ru_maxrss)


def _settle(parent: int) -> None:
    """Make the child end with its parent and with the run, and leave interrupts to the parent."""
    with suppress(OSError, AttributeError):  # Linux only
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    hold_on()


def _wait(child: int, mark: CallMark) -> bool:
    """Wait for the child to end -> whether it was killed here, in a call that took too long.

    Processor time counts, so a suspended or busy machine kills nothing.
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
    """Return the processor time of another process, s, all threads together."""
    try:
        return time.clock_gettime(
            (~pid << 3) | 2
        )  # its CPU clock id, as clock_getcpuclockid(3) computes it on Linux
    except OSError:  # the process has just ended
        return 0.0


def _reason(status: int, mark: CallMark, peak_kb: float) -> str:
    """Return why the reward ended its process; if it was not the reward, end as the process did."""
    began, before_kb = mark.began
    hoard_mb = (peak_kb - before_kb) / 1024
    if began and status >= 0:
        return f"the reward ended its process, with exit status {status}"
    if began and -status in DEATHS:
        return f"the reward ended its process: {DEATHS[signal.Signals(-status)]}"
    if began and -status == signal.SIGKILL and hoard_mb > HOARD_MB:
        return f"the reward took {hoard_mb:,.0f} MB in one call, and the system killed its process for lack of memory"
    if status < 0:
        raise UserError(
            f"the training process was ended by {signal.Signals(-status).name}: by the batch system, for lack of "
            "memory or by a fault outside the reward; the same command continues from its checkpoint"
        )
    raise SystemExit(status)


def _kill(child: int) -> None:
    with suppress(OSError):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
