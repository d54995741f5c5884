"""Faults of a cluster in the middle of a training, with real processes: the run goes on, the training from its checkpoint.

`python -m pytest tests/slurm/test_faults.py -s` prints what docs/cluster.md tells.
"""

import os
import re
import signal
import subprocess
import time
from contextlib import suppress

import psutil
import pytest
from tests.slurm.cluster import MARK
from tests.slurm.configuration import NODES
from tests.waiting import wait_until

TARGET = "results/robots/anymal_c/base.pth"
SHORT, LONG = 1, 10  # minutes: the limit that a fault of its own reaches, and that of all others
DEADLINE_S = 600.0  # of a job's start, which other work on this machine may delay


def arguments(minutes):
    """What the run is told."""
    training = "training={base_steps: 60000, checkpoint_s: 0.5}"
    return ("--config", training, f"cluster={{minutes: {minutes}}}", "--", TARGET)


AT_WORK = ("squeue", "--noheader", "--format=%i %N")


@pytest.fixture
def training(on_slurm, cluster, request):
    """A run whose only job, the base policy, has written its first checkpoint; ended afterwards, the nodes mended."""
    minutes = getattr(request, "param", LONG)
    with open(f"{on_slurm.folder}.txt", "ab") as output:
        run = subprocess.Popen(
            on_slurm.command(*arguments(minutes)),
            stdout=output,
            stderr=output,
            env={**os.environ, **cluster.environment},
            start_new_session=True,
        )
    checkpoint = on_slurm / "robots/anymal_c/work_base/checkpoint.pt"
    wait_until(
        checkpoint.exists, DEADLINE_S, f"a checkpoint; the run says {output_of(on_slurm)[-3000:]}", run
    )
    yield run
    with suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    for name in NODES:
        if name not in cluster.daemons:
            cluster.start(name)
    cluster.ask("scancel", "--user=root")
    cluster.wait_until_ready()


def cancel(cluster, job, node):
    cluster.ask("scancel", job)


def crash_node(cluster, job, node):
    cluster.kill(node)


def hang(cluster, job, node):
    """The training stands still; its minute passes. Other tests' trainings on this machine go on."""
    for process in psutil.process_iter(["cmdline", "environ"]):
        own = (process.info["environ"] or {}).get(MARK) == str(cluster.folder)
        if own and any(part.endswith("train_base.py") for part in process.info["cmdline"] or []):
            with suppress(psutil.Error):
                process.suspend()


def restart_controller(cluster, job, node):
    cluster.restart_controller()


@pytest.mark.parametrize(
    ("training", "fault", "state", "limits"),
    [
        (LONG, cancel, "CANCELLED", ["10:00", "20:00"]),
        (LONG, crash_node, "NODE_FAIL", ["10:00", "20:00"]),
        (SHORT, hang, "TIMEOUT", ["1:00", "2:00"]),
        (LONG, restart_controller, "COMPLETED", ["10:00"]),
    ],
    indirect=["training"],
)
def test_the_run_goes_on(training, on_slurm, cluster, fault, state, limits):
    first, node = cluster.ask(*AT_WORK).split()
    start = time.monotonic()
    fault(cluster, first, node)
    assert training.wait(timeout=900) == 0, output_of(on_slurm)[-3000:]
    assert (on_slurm.folder / TARGET).exists()
    jobs = submitted(cluster, since=int(first))
    assert jobs[0] == (state, limits[0])
    assert [limit for _, limit in jobs] == limits
    assert {end for end, _ in jobs[1:]} <= {"COMPLETED"}
    resumed = re.search(r"resuming at step (\S+)", log(on_slurm))
    assert (resumed is None) == (len(limits) == 1)
    print(f"{state}: {time.monotonic() - start:.0f} s to the end, {resumed and resumed[0]}")


def test_the_submitting_process_is_killed(training, on_slurm, cluster):
    training.kill()
    training.wait()
    job, _ = cluster.ask(*AT_WORK).split()
    refused = on_slurm(*arguments(LONG), **cluster.environment)
    assert refused.status == 1
    assert f"job {job} of an earlier run is still working in" in refused.output
    cluster.ask("scancel", job)
    wait_until(lambda: not cluster.ask(*AT_WORK), 60, "no job at work", every=0.5)
    again = on_slurm(*arguments(LONG), **cluster.environment)
    assert again.status == 0, again.output[-3000:]
    assert "resuming at step" in log(on_slurm)


def submitted(cluster, since):
    """The state and the limit of each job from number `since` on."""
    lines = cluster.ask("squeue", "--states=all", "--noheader", "--format=%i %T %l").splitlines()
    rows = sorted((int(number), state, limit) for number, state, limit in map(str.split, lines))
    return [(state, limit) for number, state, limit in rows if number >= since]


def log(flow):
    return (flow / "robots/anymal_c/logs/train_base.log").read_text()


def output_of(flow):
    with open(f"{flow.folder}.txt") as file:
        return file.read()
