import os
import signal
import subprocess
import sys

import pytest

from video2reward.locks import _identity, release_dead_locks

RUN = """
import sys, time
from pathlib import Path
from video2reward.locks import release_dead_locks
release_dead_locks(Path(sys.argv[1]))
print("ready", flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "0.input.lock").write_text("x")
    return tmp_path


def start(folder, seconds):
    """Another run, recorded in the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_locks_of_a_killed_run_are_removed(folder):
    run = start(folder, 60)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert release_dead_locks(folder)
    assert not list((folder / "locks").iterdir())


def test_locks_of_a_living_run_stay(folder):
    run = start(folder, 60)
    assert not release_dead_locks(folder)
    assert list((folder / "locks").iterdir())
    run.kill()
    run.wait()


def test_locks_nobody_recorded_stay(folder):
    assert not release_dead_locks(folder)
    assert list((folder / "locks").iterdir())


def test_a_run_that_ends_leaves_no_record(folder):
    start(folder, 0).wait()
    assert not list((folder / "runs").iterdir())


def test_a_number_used_again_is_another_process(folder):
    (folder / "runs").mkdir()
    stale = _identity(os.getpid()).rsplit("-", 1)[0] + "-1.00"
    (folder / "runs" / stale).touch()
    assert release_dead_locks(folder)
