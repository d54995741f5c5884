"""The real script on a real robot: what one candidate's reward does to the process costs that candidate alone."""

import json
import subprocess
import sys

import pytest
import torch
from tests.unit.policy.test_supervise import DEATHS, HEAD, SCRIPTS, TAIL, TRAINING, killing

from video2reward.artifacts.check import Check, write_check
from video2reward.artifacts.io import read_json
from video2reward.artifacts.reference import write_reference
from video2reward.policy.network import load_policy, read_policy_file

pytestmark = pytest.mark.slow
HONEST = ("    r = r * 2.0\n", "")
UNCHECKED = Check("failed", "allowlist", "imports os", "ImportError: os")


@pytest.fixture
def train_round(tmp_path, robot_folder, made_reference):
    """Run the script as the rule does, on a reward of the given lines for each candidate; None: its check failed."""

    def run(folder, *rewards, before=""):
        here = tmp_path / folder
        here.mkdir()
        write_reference(here / "reference.h5", made_reference)
        files = {"rewards": "reward_{}.py", "checks": "check_{}.json", "policies": "policy_{}.pth"}
        files |= {"trainings": "training_{}.json", "curves": "training_{}.csv"}
        numbers = range(1, len(rewards) + 1)
        arguments = []
        for name, file in files.items():
            arguments += [f"--{name}", *(str(here / file.format(k)) for k in numbers)]
        for k, lines in enumerate(rewards, 1):
            (here / f"reward_{k}.py").write_text(f"{HEAD}{lines or ''}{TAIL}")
            fine = Check("ok", "done", needed=("base_height",), components=("r",))
            write_check(here / f"check_{k}.json", UNCHECKED if lines is None else fine)
        paths = {"reference": here / "reference.h5", "robot": robot_folder / "robot.yaml"}
        paths |= {"mjcf": next(robot_folder.glob("*.xml")), "job-record": here / "job.json"}
        arguments += [part for name, path in paths.items() for part in (f"--{name}", str(path))]
        arguments += ["--works", json.dumps([str(here / f"work_{k}") for k in numbers])]
        params = {"task": {}, "training": TRAINING | {"steps": 4096, "horizon": 4}, "seed": 0}
        arguments += ["--params", json.dumps(params), "--checkpoint-s", "0.001"]
        script = str(SCRIPTS / "train_round.py")
        start = f"import runpy, sys; sys.path.insert(0, {str(SCRIPTS)!r})\n{before}"
        start += f"sys.argv[0] = {script!r}\nrunpy.run_path({script!r}, run_name='__main__')"
        command = [sys.executable, "-c", start, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
        return here, done

    return run


def weights(path):
    return load_policy(path).state_dict()


def assert_same_policies(one, other):
    ours, theirs = weights(one), weights(other)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_rewards_that_end_the_process_cost_their_own_candidates(train_round):
    """One crashes late, one never returns, one failed its check; the honest ones end as without them."""
    crash, endless = DEATHS["division"][0], "        while n > 60:\n            r = r * 1.0\n"
    late = crash.replace("if n > 60:", "if n > 60 and bool((base_height < 0.45).any()):")
    assert late != crash
    before = DEATHS["endless"][1]
    rewards = (HONEST[0], late, None, f"    if n > 60:\n{endless}", "    r = 1.0 - r\n")
    here, done = train_round("hostile", *rewards, before=before)
    assert done.returncode == 0, done.stderr[-3000:]
    found = [read_json(here / f"training_{k}.json") for k in range(1, 6)]
    assert [one["status"] for one in found] == ["ok", "failed", "failed", "failed", "ok"]
    assert "divided integers" in found[1]["traceback"] and found[2]["traceback"] == "ImportError: os"
    assert "more than 0.5 s of processor time" in found[3]["traceback"]
    assert read_policy_file(here / "policy_2.pth")["status"] == "failed"
    assert "resuming at step" in done.stdout and "candidate 3: not trained because" in done.stdout
    assert len(read_json(here / "job.json")["outputs"]) == 15
    assert not (here / "work_1" / "checkpoint.pt").exists()

    quiet, done = train_round(
        "honest", HONEST[0], "    r = r + 1.0\n", None, "    r = r + 2.0\n", "    r = 1.0 - r\n"
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for k in (1, 5):
        assert_same_policies(here / f"policy_{k}.pth", quiet / f"policy_{k}.pth")


def test_where_all_fail_there_are_only_failures(train_round):
    before = killing(0).replace("os.kill(os.getpid(), 0)", "os._exit(3)")
    here, done = train_round("all", HONEST[0], None, before=before)
    assert done.returncode == 0, done.stderr[-3000:]
    found = [read_json(here / f"training_{k}.json") for k in (1, 2)]
    assert [one["status"] for one in found] == ["failed", "failed"]
    assert "with exit status 3" in found[0]["traceback"]


def test_a_kill_from_outside_is_nobodys_failure(train_round):
    here, done = train_round("killed", HONEST[0], HONEST[0], before=killing(9))
    assert done.returncode == 1 and "continues from its checkpoint" in done.stderr
    assert not (here / "training_1.json").exists() and not (here / "job.json").exists()
