"""Lets Snakemake's scheduler sleep until a job ends, instead of looking at all waiting jobs many times a second.

Snakemake 9.27 starts a timer of one second after every look at waiting jobs, and another look when it fires: each
end of a job adds one more chain of looks that lasts as long as jobs wait. The timers serve its limit on submissions
(`--max-jobs-per-timespan`, 100 a second unless set) alone; jobs that wait for cores are looked at when a job ends.
"""

from __future__ import annotations

import time
from typing import Any

LOOK_S = 1.0
"""While the limit holds jobs back, this often is looked whether it still does."""


def let_sleep(workflow: Any) -> None:
    """Start a timer only while the limit on submissions holds jobs back, and never a second one; for `onstart`."""
    scheduler = workflow.scheduler
    limiter = getattr(scheduler, "job_rate_limiter", None)
    own = getattr(scheduler, "_schedule_reevalutation", None)
    if limiter is None or own is None:
        return
    fires = 0.0

    def schedule_reevaluation(delay: float) -> None:
        nonlocal fires
        if delay != limiter.timespan:  # jobs whose inputs come from a queue wait for a time of their own
            own(delay)
        elif limiter.get_free_jobs() == 0 and time.monotonic() >= fires:
            # Timers outlive the run: a short one does not keep it waiting for the end of a long timespan.
            wait = min(delay, LOOK_S)
            fires = time.monotonic() + wait
            own(wait)

    scheduler._schedule_reevalutation = schedule_reevaluation
