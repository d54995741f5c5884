"""The one way in which tests wait for something that they cannot be told of."""

import time


def wait_until(condition, seconds, what, run=None, every=0.02):
    """Ask `condition` until it is true -> what it gave.

    Fails with `what` after `seconds`, or as soon as the process `run` has ended without it.
    """
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert run is None or run.poll() is None or condition(), f"the process ended before: {what}"
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(every)
    return found
