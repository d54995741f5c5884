"""Ctrl-C as a sentence: what stopped because of it is no error and is not shown as one."""

from __future__ import annotations

import logging
import signal
import sys
import time
from types import FrameType, TracebackType

from video2reward.jobs.lifeline import this_process
from video2reward.results.claims import kill_jobs

# How long a failed job's report waits for a Ctrl-C that the job may have heard first; a busy machine needs a while. The
# reports that follow at once do not wait again.
_ARRIVAL_S, _AT_ONCE_S, _LOOK_S = 2.0, 5.0, 0.02
SENTENCE = "interrupted; finished work is kept, and the same command continues from here"


class Interruption:
    """Whether Ctrl-C came; from then on Snakemake's reports of failed jobs are left out.

    The first one ends Snakemake, which waits for its jobs; a second one kills the jobs.
    """

    def __init__(self) -> None:
        """Watch this process; where Ctrl-C is ignored, as in the background, it stays so."""
        self.came = False
        self._waited = -_AT_ONCE_S
        self._shown = sys.excepthook
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._note)
            sys.excepthook = self._show
            logging.getLogger("snakemake.logging").addFilter(
                self._is_news
            )  # its logger bears the module's name

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.came:
            kill_jobs(this_process())
        else:
            self.came = True
            signal.default_int_handler(number, frame)

    def _show(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            print(SENTENCE, file=sys.stderr)
        else:
            self._shown(kind, error, trace)

    def _is_news(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            return True
        now = time.monotonic()
        if now - self._waited > _AT_ONCE_S:
            while not self.came and time.monotonic() < now + _ARRIVAL_S:
                time.sleep(_LOOK_S)
            self._waited = time.monotonic()
        return not self.came
