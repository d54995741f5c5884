"""Two workflows in one results folder: the second is told who is there; who only looks is let through."""

import os
import signal
import subprocess

import pytest
from tests.waiting import wait_until
from tests.workflow.conftest import Workflow

from video2reward.results.claims import in_use


@pytest.fixture
def at_work(workflow):
    """The workflow at work in its folder, in the middle of its first jobs."""
    run = subprocess.Popen(
        workflow.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    wait_until(lambda: list(workflow.folder.glob("results/*/*/logs/*.log")), 120, "a first job's log", run)
    yield run
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()


def test_the_second_is_refused_by_name_and_the_first_goes_on(workflow, at_work, tmp_path_factory):
    other = Workflow(tmp_path_factory.mktemp("other"))
    refused = workflow(), other("--config", f"results={workflow / ''}")
    for run in refused:
        assert run.status == 1
        (sentence,) = [line for line in run.output.splitlines() if line.startswith("error: ")]
        assert "results is in use" in sentence or "results/ is in use" in sentence
        for part in (
            str(at_work.pid),
            os.uname().nodename,
            f"started in {workflow.folder}",
            "--config results=",
        ):
            assert part in sentence
        assert "cannot be locked" not in run.output
        assert "Traceback" not in run.output
    assert not list((other.folder).glob("results/*")), "the second did something before it was refused"
    assert at_work.poll() is None

    look = other("--dry-run", "--quiet", "all", "--config", f"results={workflow / ''}")
    assert look.status == 0, look.output
    assert at_work.poll() is None

    at_work.kill()
    at_work.wait()
    assert in_use(workflow / "") is None, "a dead run blocks nobody"
