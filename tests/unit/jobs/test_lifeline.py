"""Jobs end with the process that executes them, with all they started."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.waiting import wait_until

from video2reward.jobs.lifeline import VARIABLE, Process, children, hold_on, this_process

LIBRARY = Path(__file__).resolve().parents[3] / "workflow_scripts"
RUN = """
import os, subprocess, sys, time
from video2reward.jobs.lifeline import VARIABLE, this_process
os.environ[VARIABLE] = str(this_process())
subprocess.Popen(f"{sys.argv[2]} job.py {sys.argv[1]} 2>&1 | tee log; true", shell=True)
time.sleep(120)
"""
JOB = """
import os, subprocess, sys, time
from pathlib import Path
if sys.argv[1] == "polling":
    del os.pidfd_open
from video2reward.jobs.lifeline import hold_on
hold_on()
child = subprocess.Popen(["sleep", "120"], start_new_session=True)
Path("started").write_text(f"{os.getpid()} {child.pid} {os.getppid()}\\n")
while True:
    Path("beat").touch()
    time.sleep(0.02)
"""


def wait(condition, seconds=30):
    """Wait until something is true -> the seconds it took."""
    start = time.monotonic()
    wait_until(condition, seconds, "it happens", every=0.01)
    return time.monotonic() - start


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.fixture
def start(tmp_path):
    """Start a run with a job -> the run, and the numbers of its job, the job's child and the shell around it."""
    started = []

    def start(way, python=sys.executable):
        (tmp_path / "run.py").write_text(RUN)
        (tmp_path / "job.py").write_text(JOB)
        run = subprocess.Popen(
            [sys.executable, "run.py", way, python],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(LIBRARY)},
        )
        started.append(run)
        note = tmp_path / "started"
        wait(lambda: note.exists() and note.read_text().endswith("\n"))
        return run, [int(pid) for pid in note.read_text().split()]

    yield start
    for run in started:
        run.kill()
        run.wait()


@pytest.mark.parametrize("way", ["handle", "polling"])
def test_a_job_and_its_children_end_when_the_run_is_killed(start, tmp_path, way):
    run, family = start(way)
    assert all(map(runs, family))
    run.kill()
    run.wait()
    assert wait(lambda: not any(map(runs, family))) < 5
    (tmp_path / "beat").unlink()
    time.sleep(0.2)
    assert not (tmp_path / "beat").exists()


def test_a_job_without_numpy_holds_on_too(start):
    """As in an environment of its own, where only the standard library is."""
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable
    run, family = start("handle", f"{python} -S")
    run.kill()
    run.wait()
    wait(lambda: not any(map(runs, family)))


def test_a_job_that_starts_after_its_run_died_does_nothing(tmp_path):
    died = subprocess.run(
        [sys.executable, "-c", "from video2reward.jobs.lifeline import *; print(this_process())"],
        env={**os.environ, "PYTHONPATH": str(LIBRARY)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    job = subprocess.run(
        [sys.executable, "-c", "from video2reward.jobs.lifeline import *; hold_on(); print('at work')"],
        env={**os.environ, "PYTHONPATH": str(LIBRARY), VARIABLE: died},
        capture_output=True,
        text=True,
        check=False,
    )
    assert job.returncode == -signal.SIGKILL
    assert "at work" not in job.stdout


@pytest.mark.parametrize("value", ["", "nonsense", "another-machine/1/1"])
def test_without_a_run_that_can_be_seen_a_job_just_works(monkeypatch, value):
    monkeypatch.setenv(VARIABLE, value)
    hold_on()


def test_a_process_is_named_for_good():
    here = this_process()
    assert here.alive
    assert here.here
    assert Process.parse(str(here)) == here
    assert not Process(here.machine, here.pid, here.started - 1).alive
    assert not Process("another-boot-1", here.pid, here.started).here
    assert Process.parse("x/y/z") is None


def test_a_process_that_waits_to_be_fetched_is_dead():
    child = subprocess.Popen(["true"])
    wait(lambda: not runs(child.pid))
    started = int(Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19])
    assert not Process(this_process().machine, child.pid, started).alive
    child.wait()


def test_children_of_children_are_found():
    child = subprocess.Popen(["bash", "-c", "sleep 60 & wait"])
    wait(lambda: len(children(child.pid)) == 1)
    assert {child.pid, *children(child.pid)} <= set(children(os.getpid()))
    for pid in [*children(child.pid), child.pid]:
        os.kill(pid, signal.SIGKILL)
    child.wait()
