"""Snakemake's lock and the claim on the results, with a real Snakemake on a workflow of one job."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tests.waiting import wait_until

from video2reward.results.claims import FOLDER, in_use

LIBRARY = Path(__file__).resolve().parents[3] / "workflow_scripts"
SNAKEFILE = """
import os
from pathlib import Path
from video2reward.jobs.lifeline import VARIABLE, this_process
from video2reward.engine.lock import hold_results
os.environ[VARIABLE] = str(this_process())
hold_results(Path(config["results"]))
rule one:
    output: config["results"] + "/out"
    shell: "echo x >> {output}.begun; sleep {config[seconds]}; touch {output}"
"""


@pytest.fixture
def snakemake(tmp_path):
    """Start Snakemake in a folder."""
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    started = []

    def start(*arguments, folder="here", results="results", seconds=0):
        (tmp_path / folder).mkdir(exist_ok=True)
        command = [
            sys.executable, "-m", "snakemake", "--snakefile", str(tmp_path / "Snakefile"), "--cores", "1",
            "--rerun-incomplete", "--directory", str(tmp_path / folder), *arguments,
            "--config", f"results={results}", f"seconds={seconds}",
        ]  # fmt: skip
        run = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(LIBRARY)},
        )
        started.append(run)
        return run

    yield start
    for run in started:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
        run.communicate()


@pytest.fixture
def at_work(snakemake, tmp_path):
    """A run that is in the middle of its job."""
    run = snakemake(seconds=60)
    wait_until((tmp_path / "here/results/out.begun").exists, 60, "the job has begun", run)
    return run


def end(run):
    output, _ = run.communicate(timeout=60)
    return run.returncode, output


@pytest.mark.parametrize(("folder", "results"), [("here", "results"), ("there", "../here/results")])
def test_a_second_run_is_refused_by_name(snakemake, at_work, folder, results):
    status, output = end(snakemake(folder=folder, results=results))
    assert status == 1
    (sentence,) = [line for line in output.splitlines() if line.startswith("error: ")]
    assert f"{results} is in use: process {at_work.pid} on {os.uname().nodename} has been running" in sentence
    assert "cannot be locked" not in output
    assert "Traceback" not in output
    assert at_work.poll() is None


@pytest.mark.parametrize("look", ["--dry-run", "--summary", "--lint", "--list-rules"])
@pytest.mark.slow
def test_who_only_looks_is_not_refused_and_claims_nothing(snakemake, at_work, tmp_path, look):
    before = sorted(path.name for path in (tmp_path / "here/results" / FOLDER).iterdir())
    status, output = end(snakemake(look, folder="there", results="../here/results"))
    assert "is in use" not in output
    assert status == 0 or look == "--lint"
    assert sorted(path.name for path in (tmp_path / "here/results" / FOLDER).iterdir()) == before


@pytest.mark.slow
def test_the_same_command_goes_on_after_a_kill(snakemake, at_work, tmp_path):
    at_work.kill()
    at_work.wait()
    assert list((tmp_path / "here/.snakemake/locks").iterdir())
    status, output = end(snakemake())
    assert status == 0, output
    assert "its locks are removed" in output
    assert not list((tmp_path / "here/.snakemake/runs").glob("*.json"))
    assert not list((tmp_path / "here/results" / FOLDER).glob("*.json"))
    assert (tmp_path / "here/results/out.begun").read_text() == "x\nx\n"
    left = [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(tmp_path) in str(process.info["cmdline"])
    ]
    assert not left, "the job of the killed run went on"


@pytest.mark.slow
def test_it_goes_on_although_the_results_are_deleted_too(snakemake, at_work, tmp_path):
    at_work.kill()
    at_work.wait()
    (tmp_path / "here/results").rename(tmp_path / "away")
    status, output = end(snakemake())
    assert status == 0, output


@pytest.mark.slow
def test_it_goes_on_although_there_is_nothing_left_to_do(snakemake, at_work, tmp_path):
    """Killed between its last job and the removal of its locks."""
    at_work.kill()
    at_work.wait()
    end(snakemake("--unlock"))
    assert end(snakemake())[0] == 0
    (tmp_path / "here/.snakemake/locks").mkdir(exist_ok=True)
    (tmp_path / "here/.snakemake/locks/0.output.lock").write_text("results/out\n")
    dead = {"process": "", "node": "", "pid": 0, "since": "", "directory": ""}
    (tmp_path / "here/.snakemake/runs/dead.json").write_text(json.dumps(dead))
    status, output = end(snakemake())
    assert status == 0, output
    assert "Nothing to be done" in output


def test_locks_that_nobody_recorded_stay_snakemakes_affair(snakemake, tmp_path):
    """They may be of a run on another machine."""
    locks = tmp_path / "here/.snakemake/locks"
    locks.mkdir(parents=True)
    (locks / "0.output.lock").write_text("results/out\n")
    status, output = end(snakemake())
    assert status == 1
    assert "cannot be locked" in output
    assert list(locks.iterdir())
    assert in_use(tmp_path / "here/results") is None


@pytest.mark.slow
def test_interrupted_leaves_nothing_behind(snakemake, at_work, tmp_path):
    os.killpg(at_work.pid, signal.SIGINT)
    status, output = end(at_work)
    assert status != 0
    assert "Traceback" not in output
    assert in_use(tmp_path / "here/results") is None
    assert not list((tmp_path / "here/.snakemake/runs").glob("*.json"))
    assert end(snakemake())[0] == 0
