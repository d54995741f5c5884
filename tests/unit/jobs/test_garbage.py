import subprocess
import sys

HELD = """
import gc
from video2reward.jobs.garbage import keep_all, look_rarely

class Loud:
    def __del__(self):
        print("found")

look_rarely()
kept = Loud()
kept.itself = kept
{freed}
{end}
del kept
"""


def ran(freed="", end=""):
    done = subprocess.run(
        [sys.executable, "-c", HELD.format(freed=freed, end=end)], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_garbage_is_still_found():
    assert ran(freed="del kept; gc.collect(); kept = 0") == "found\n"


def test_the_end_looks_at_nothing_that_was_kept():
    assert ran() == "found\n"
    assert ran(end="keep_all()") == ""
