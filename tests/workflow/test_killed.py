"""A run that is killed, however and whenever, is finished by the same command and makes the same.

`python benchmarks/kills.py` does this many times, at any moment.
"""

import os
import shutil
import signal
import subprocess
import time

import psutil
import pytest
from benchmarks.kills import send
from tests.waiting import wait_until
from tests.workflow.same import differences

from video2reward.engine.interruption import SENTENCE
from video2reward.results.claims import in_use


def start(flow, *arguments):
    """Start the workflow as a terminal does, its output in a file beside it."""
    with open(f"{flow.folder}.txt", "ab") as output:
        return subprocess.Popen(
            flow.command(*arguments), stdout=output, stderr=output, env=os.environ, start_new_session=True
        )


def output_of(flow):
    with open(f"{flow.folder}.txt") as file:
        return file.read()


def wait_for(path, run):
    wait_until(path.exists, 120, f"{path} is there", run)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["alone", "all"])
def test_a_killed_training_goes_on_from_its_checkpoint(workflow, way):
    target = "results/robots/anymal_c/base.pth"
    arguments = ["--config", "training={base_steps: 150000, checkpoint_s: 0.5}", "--", target]
    run = start(workflow, *arguments)
    wait_for(workflow / "robots/anymal_c/work_base/checkpoint.pt", run)
    send(run, way)
    assert not (workflow.folder / target).exists()
    assert list((workflow.folder / ".snakemake" / "locks").iterdir())

    again = workflow(*arguments)
    assert again.status == 0, again.output[-3000:]
    assert "its locks are removed" in again.output
    assert "base policy of anymal_c: resuming at step" in again.output
    assert (workflow.folder / target).exists()


@pytest.fixture
def half_done(finished, tmp_path):
    """A copy of the finished run without its last round and what follows from it."""
    flow = finished.copy(tmp_path / "copy")
    for path in ("amble/seed0/iter2", "amble/seed0/best"):
        shutil.rmtree(flow / path)
    return flow


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "moment"), [("alone", "logs/extract_reward_1.log"), ("int", "logs/train_policy_1.log")]
)
def test_what_a_killed_run_makes_in_the_end_equals_an_undisturbed_one(finished, half_done, way, moment):
    run = start(half_done)
    wait_for(half_done / "amble/seed0/iter2" / moment, run)
    send(run, way)
    if way == "int":
        assert SENTENCE in output_of(half_done)
        assert "Traceback" not in output_of(half_done)
        assert "RuleException" not in output_of(half_done)
        assert in_use(half_done / "") is None
        assert not list((half_done.folder / ".snakemake").glob("locks/*"))
    again = half_done()
    assert again.status == 0, again.output[-3000:]
    assert differences(finished / "", half_done / "") == []


def test_ctrl_c_twice_leaves_no_job_behind(workflow):
    run = start(workflow)
    wait_for(workflow / "robots/anymal_c/logs/train_base.log", run)
    for _ in range(2):
        os.killpg(run.pid, signal.SIGINT)
        time.sleep(0.05)
    run.wait(timeout=60)
    assert "Traceback" not in output_of(workflow)
    assert in_use(workflow / "") is None
    assert not [member for member in psutil.process_iter(["status"]) if left_of(run, member)]


def left_of(run, process):
    """Whether a process of the run's group is still at work."""
    try:
        return os.getpgid(process.pid) == run.pid and process.info["status"] != psutil.STATUS_ZOMBIE
    except ProcessLookupError:
        return False
