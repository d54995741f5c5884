"""No test waits for ever: a loop that sleeps stands in tests/waiting.py alone, which bounds it."""

import ast
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.waiting import wait_until

TESTS = Path(__file__).resolve().parents[1]
# SLURM's start asks how its daemons do in each round, and ends after DEADLINE_S.
BOUNDED = {"waiting.py", "slurm/cluster.py"}


def sleeping_loops(file):
    """Lines of loops that sleep."""
    loops = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.While)]
    return [loop.lineno for loop in loops if "sleep(" in ast.unparse(loop)]


def test_loops_that_sleep_are_bounded_by_the_helper():
    found = {str(file.relative_to(TESTS)): sleeping_loops(file) for file in sorted(TESTS.rglob("*.py"))}
    assert {name for name, lines in found.items() if lines} <= BOUNDED, {
        n: ls for n, ls in found.items() if ls
    }


def test_what_never_comes_fails_by_name():
    start = time.monotonic()
    with pytest.raises(AssertionError, match=r"not within 0.1 s: a miracle"):
        wait_until(lambda: False, 0.1, "a miracle")
    assert time.monotonic() - start < 5


def test_an_ended_process_is_not_waited_for():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    with pytest.raises(AssertionError, match=r"the process ended before: its file"):
        wait_until(lambda: False, 60, "its file", process)


def test_what_was_found_is_given_back():
    found = iter([0, [], "here"])
    assert wait_until(lambda: next(found), 5, "it", every=0.001) == "here"
