"""A run that is killed outright is finished by the same command."""

import contextlib
import os
import signal
import subprocess
import time

import psutil
import pytest


def kill_tree(process):
    """kill -9 a process and all it started."""
    family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.slow
def test_the_same_command_finishes_a_killed_run(workflow):
    target = "results/robots/anymal_c/base.pth"
    arguments = ["--config", "training={base_steps: 150000, checkpoint_s: 0.5}", "--", target]
    run = subprocess.Popen(
        workflow.command(*arguments),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ.copy(),
    )
    checkpoint = workflow / "robots/anymal_c/work/checkpoint.pt"
    deadline = time.monotonic() + 120
    while not checkpoint.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert checkpoint.exists(), "no checkpoint within two minutes"
    kill_tree(run)
    assert list((workflow.folder / ".snakemake" / "locks").iterdir())
    assert not (workflow.folder / target).exists()

    again = workflow(*arguments)
    assert again.status == 0, again.output[-3000:]
    assert "its locks are removed" in again.output
    assert "base policy of anymal_c: goes on at step" in again.output
    assert (workflow.folder / target).exists()
