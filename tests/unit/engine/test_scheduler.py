"""Snakemake's scheduler sleeps while jobs wait for cores, and still keeps to a limit on submissions."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from video2reward.engine.scheduler import LOOK_S, let_sleep

LIBRARY = Path(__file__).resolve().parents[3] / "workflow_scripts"
SNAKEFILE = """
import threading
from video2reward.engine.scheduler import let_sleep
own = threading.Timer.start
timers = []
threading.Timer.start = lambda timer: (timers.append(timer.interval), own(timer))
rule all:
    input: [f"{i}" for i in range(config["jobs"])]
rule one:
    output: "{i}"
    wildcard_constraints: i="[0-9]+"
    shell: "date +%s.%N > {output}; sleep 0.3"
onstart:
    if config["mended"] == "yes":
        let_sleep(workflow)
onsuccess:
    print("timers", timers)
"""


def run(folder, jobs, mended, *arguments):
    (folder / "Snakefile").write_text(SNAKEFILE)
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", *arguments, "--config", f"jobs={jobs}", f"mended={mended}"],
        cwd=folder, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(LIBRARY)}, check=False,
    )  # fmt: skip
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    return ast.literal_eval(re.search(r"^timers (\[.*\])$", output, re.MULTILINE)[1])


@pytest.mark.slow
def test_waiting_for_cores_needs_no_timer(tmp_path):
    assert run(tmp_path, 4, "no", "--cores", "1"), "Snakemake mended it: engine/scheduler.py can go"
    for path in tmp_path.glob("[0-9]"):
        path.unlink()
    assert run(tmp_path, 4, "yes", "--cores", "1") == []


@pytest.mark.slow
def test_a_limit_is_kept_with_short_timers(tmp_path):
    timers = run(tmp_path, 4, "yes", "--cores", "4", "--max-jobs-per-timespan", "2/4s")
    started = sorted(float((tmp_path / str(i)).read_text()) for i in range(4))
    assert started[2] - started[0] >= 4
    assert timers and set(timers) == {LOOK_S}, "a run ends with its last timer"


class Limiter:
    timespan = 60

    def __init__(self, free):
        self.free = free

    def get_free_jobs(self):
        return self.free


@pytest.fixture
def scheduler():
    started = []
    return SimpleNamespace(
        job_rate_limiter=Limiter(0), _schedule_reevalutation=started.append, started=started
    )


def test_one_timer_at_a_time(scheduler):
    let_sleep(SimpleNamespace(scheduler=scheduler))
    for _ in range(5):
        scheduler._schedule_reevalutation(60)
    assert scheduler.started == [LOOK_S]


def test_other_timers_are_left_alone(scheduler):
    let_sleep(SimpleNamespace(scheduler=scheduler))
    scheduler.job_rate_limiter.free = 1
    scheduler._schedule_reevalutation(60)
    scheduler._schedule_reevalutation(10)  # for jobs whose inputs come from a queue
    assert scheduler.started == [10]


def test_without_a_limit_there_is_nothing_to_do():
    scheduler = SimpleNamespace(job_rate_limiter=None)
    let_sleep(SimpleNamespace(scheduler=scheduler))
    assert vars(scheduler) == {"job_rate_limiter": None}
