"""Two runs in one results folder refuse each other; dead ones never block."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from video2reward.errors import UserError
from video2reward.jobs.lifeline import VARIABLE, this_process
from video2reward.results import claims
from video2reward.results.claims import FOLDER, claimed, in_use

LIBRARY = Path(__file__).resolve().parents[3] / "workflow_scripts"
RUN = """
import sys, time
from pathlib import Path
from video2reward.results.claims import claimed
from video2reward.errors import UserError
print("ready", flush=True)
sys.stdin.readline()
try:
    with claimed(Path("results"), Path("records")) as killed:
        print("killed" if killed else "claimed", flush=True)
        sys.stdin.readline()
except UserError as error:
    print(error, flush=True)
"""


@pytest.fixture
def start(tmp_path):
    """Start another run in the same folder, which claims at the next line of its input."""
    started = []

    def start(go=True):
        run = subprocess.Popen(
            [sys.executable, "-c", RUN],
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(LIBRARY)},
        )
        started.append(run)
        assert run.stdout.readline() == "ready\n"
        if go:
            run.stdin.write("\n")
            run.stdin.flush()
        return run

    yield start
    for run in started:
        run.kill()
        run.communicate()


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / "results", tmp_path / "records"


def claim_files(results):
    return list((results / FOLDER).glob("*.json"))


def test_the_second_run_is_told_who_is_there(start, folders):
    first = start()
    assert first.stdout.readline() == "claimed\n"
    with pytest.raises(UserError) as refused, claimed(*folders):
        pass
    text = str(refused.value)
    for part in (
        str(folders[0]),
        str(first.pid),
        os.uname().nodename,
        f"started in {folders[0].parent}",
        "since 20",
    ):
        assert part in text
    assert "--config results=" in text
    assert in_use(folders[0]) == text
    first.communicate("\n")
    assert in_use(folders[0]) is None
    with claimed(*folders) as killed:
        assert not killed
        assert in_use(folders[0])
    assert not claim_files(folders[0])


def test_a_killed_run_does_not_block(start, folders):
    first = start()
    assert first.stdout.readline() == "claimed\n"
    first.kill()  # it stays in the table of processes, as its parent does not ask for it
    time.sleep(0.1)
    assert in_use(folders[0]) is None
    with claimed(*folders) as killed:
        assert killed
        assert len(claim_files(folders[0])) == 1
    assert not claim_files(folders[0])


def test_one_of_many_that_start_at_once_gets_the_folder(start, folders):
    runs = [start(go=False) for _ in range(6)]
    for run in runs:
        run.stdin.write("\n")
        run.stdin.flush()
    answers = [run.stdout.readline() for run in runs]
    assert answers.count("claimed\n") == 1
    assert sum("is in use" in answer for answer in answers) == 5


@pytest.mark.slow
def test_what_a_killed_run_left_at_work_ends_before_the_next_begins(start, folders):
    """One job ends by itself, the other does not."""
    first = start()
    assert first.stdout.readline() == "claimed\n"
    run = json.loads(claim_files(folders[0])[0].read_text())["process"]
    first.kill()
    first.wait()
    left = [
        subprocess.Popen(["sleep", seconds], env={**os.environ, VARIABLE: run}) for seconds in ("1", "100")
    ]
    other = subprocess.Popen(["sleep", "100"], env={**os.environ, VARIABLE: run, claims.SCHEDULER_JOB: "17"})
    begin = time.monotonic()
    with claimed(*folders):
        assert [process.poll() for process in left] == [0, -9]
        assert other.poll() is None, "a batch system's job is not the run's own process"
    assert time.monotonic() - begin < 3 * claims.ENDING_S
    other.kill()
    other.wait()


@pytest.mark.slow
def test_no_job_outlives_its_run(folders):
    """As after a second Ctrl-C."""
    with claimed(*folders):
        job = subprocess.Popen(["sleep", "100"], env={**os.environ, VARIABLE: str(this_process())})
    assert job.wait(1) == -9


def of_another_machine(results, job=""):
    claim = claims.Claim("another-boot-1/1/1", "node7", 1, "2026-01-01 12:00:00+00:00", "/there", job)
    path = results / FOLDER / "other.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(vars(claim)))
    return path


@pytest.fixture
def beating():
    """Touch a claim as its run would."""
    end = threading.Event()

    def beat(path):
        while not end.wait(0.1):
            with contextlib.suppress(FileNotFoundError):
                os.utime(path)

    threads = []

    def start(path):
        threads.append(threading.Thread(target=beat, args=(path,)))
        threads[-1].start()

    yield start
    end.set()
    for thread in threads:
        thread.join()


def test_a_run_on_another_machine_is_seen_by_its_beat(folders, beating):
    beating(of_another_machine(folders[0]))
    with pytest.raises(UserError, match="process 1 on node7"), claimed(*folders):
        pass


def test_a_job_of_a_dead_run_that_still_works_is_named(folders, beating):
    beating(of_another_machine(folders[0], job="17"))
    with (
        pytest.raises(UserError, match=r"job 17 of an earlier run is still working .*scancel 17"),
        claimed(*folders),
    ):
        pass


def test_a_run_on_another_machine_that_is_silent_does_not_block(folders, monkeypatch):
    monkeypatch.setattr(claims, "SILENT_S", 1.0)
    path = of_another_machine(folders[0])
    with claimed(*folders):
        assert not path.exists()


def test_an_own_claim_beats(folders, monkeypatch):
    monkeypatch.setattr(claims, "BEAT_S", 0.05)
    with claimed(*folders):
        (path,) = claim_files(folders[0])
        before = path.stat().st_mtime_ns
        time.sleep(0.5)
        assert path.stat().st_mtime_ns > before
    assert claims.SILENT_S > 3 * 4.0, "a run that is slow for a moment is not dead"


@pytest.mark.parametrize("content", ["", "{", '{"a": 1}', "[]"])
def test_a_damaged_claim_does_not_block(folders, content):
    path = folders[0] / FOLDER / "damaged.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert in_use(folders[0]) is None
    with claimed(*folders):
        assert not path.exists()


def test_asking_writes_nothing(folders):
    assert in_use(folders[0]) is None
    assert not folders[0].exists()


def test_a_batch_job_claims_until_it_ends(folders):
    code = (
        "import sys; from pathlib import Path; from video2reward.results.claims import *;"
        "claim_as_job(Path('results'), '17'); print('ready', flush=True); sys.stdin.readline()"
    )
    job = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(LIBRARY)},
    )
    assert job.stdout.readline() == "ready\n"
    assert "job 17" in in_use(folders[0])
    job.communicate("\n")
    assert in_use(folders[0]) is None
    assert not claim_files(folders[0])
