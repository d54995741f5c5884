"""A training whose reward ends its process, with the real script on a real robot: the parent leaves its files."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tests.waiting import wait_until

from video2reward.artifacts.check import Check, write_check
from video2reward.artifacts.io import read_json
from video2reward.artifacts.reference import write_reference
from video2reward.errors import UserError
from video2reward.policy.network import read_policy_file
from video2reward.policy.supervise import CallMark, _reason
from video2reward.reward_contract import DEATHS as DEATHS_BY_SIGNAL

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "workflow_scripts"
TRAINING = {
    "num_envs": 64,
    "horizon": 16,
    "minibatches": 2,
    "mini_epochs": 1,
    "init": "scratch",
    "early_stop": False,
}
HEAD = "def compute_reward(base_height: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:\n    r = base_height + 0.0\n    n = r.shape[0]\n"
TAIL = "    return r, {'r': r}\n"
HOLD = "    while n > 60:\n        r = r * 1.0\n"


@pytest.fixture
def command(tmp_path, robot_folder, made_reference):
    """The command line of a training, as the rule has it, with a reward of the given lines."""

    def made(lines, steps=4096, before=""):
        (tmp_path / "reward.py").write_text(f"{HEAD}{lines}{TAIL}")
        write_check(tmp_path / "check.json", Check("ok", "done", needed=("base_height",), components=("r",)))
        write_reference(tmp_path / "reference.h5", made_reference)
        params = {"task": {}, "training": TRAINING | {"steps": steps}, "seed": 0, "candidate": 1}
        robot = robot_folder / "robot.yaml"
        files = {"reward": "reward.py", "check": "check.json", "reference": "reference.h5"}
        paths = {name: tmp_path / file for name, file in files.items()}
        paths |= {
            "robot": robot,
            "mjcf": next(robot_folder.glob("*.xml")),
            "job-record": tmp_path / "job.json",
        }
        paths |= {"policy": tmp_path / "p.pth", "training": tmp_path / "t.json", "curves": tmp_path / "t.csv"}
        paths["work"] = tmp_path / "work_1"
        arguments = [part for name, path in paths.items() for part in (f"--{name}", str(path))]
        start = f"import runpy, sys; sys.path.insert(0, {str(SCRIPTS)!r})\n{before}"
        start += f"sys.argv[0] = {str(SCRIPTS / 'train_policy.py')!r}\nrunpy.run_path(sys.argv[0], run_name='__main__')"
        extra = ["--params", json.dumps(params), "--checkpoint-s", "0.001"]
        return [sys.executable, "-c", start, *arguments, *extra]

    return made


DEATHS = {
    "division": ("    x = (-9223372036854775807 - n) + (n - 1)\n    if n > 60:\n        r = r * float(x % (n - n - 1))\n", "", "divided integers"),
    "endless": (HOLD, "import video2reward.policy.supervise as s\ns.STALL_S = 0.5\n", "more than 0.5 s of processor time"),
}  # fmt: skip


def killing(number):
    """Replace torch's compiled function by one that ends its process: what no reward is known to do any more."""
    return (
        "import os, signal, video2reward.policy.supervise as s\nforked = s.run_supervised\n"
        "def run(mark):\n    reason = forked(mark)\n    if reason is None:\n"
        "        from video2reward.reward.compile import CompiledReward\n"
        f"        CompiledReward.__call__ = lambda self, signals: os.kill(os.getpid(), {int(number)})\n"
        "    return reason\ns.run_supervised = run\n"
    )


DEATHS["crash"] = ("", killing(0).replace("os.kill(os.getpid(), 0)", "__import__('ctypes').string_at(0)"), "segmentation fault")  # fmt: skip
DEATHS["exit"] = ("", killing(0).replace("os.kill(os.getpid(), 0)", "os._exit(3)"), "with exit status 3")


@pytest.mark.parametrize("number", DEATHS_BY_SIGNAL)
def test_every_kind_of_crash_counts_inside_the_call_alone(number):
    mark = CallMark()
    with pytest.raises(UserError, match="continues from its checkpoint"):
        _reason(-number, mark, 0.0)
    mark.begin()
    assert _reason(-number, mark, 0.0) == f"the reward ended its process: {DEATHS_BY_SIGNAL[number]}"
    mark.end()
    with pytest.raises(UserError, match=number.name):
        _reason(-number, mark, 0.0)


def test_the_mark_tells_whose_call_it_was():
    mark = CallMark()
    first, second = mark.of(1), mark.of(2)
    first.begin()
    first.end()
    second.begin()
    assert mark.caller == 2 and mark.began == second.began != (0.0, 0.0)
    second.end()
    assert mark.began == (0.0, 0.0) and mark.caller == 2


def test_want_of_memory_counts_where_the_call_had_taken_much():
    mark = CallMark()
    mark.begin()
    before = mark.began[1]
    with pytest.raises(UserError, match="SIGKILL"):
        _reason(-signal.SIGKILL, mark, before + 100 * 1024)
    assert "took 3,000 MB in one call" in (_reason(-signal.SIGKILL, mark, before + 3000 * 1024) or "")


@pytest.mark.slow
@pytest.mark.parametrize("kind", DEATHS)
def test_a_reward_that_ends_its_process_is_a_failed_candidate(command, tmp_path, kind):
    lines, before, words = DEATHS[kind]
    (tmp_path / "work_1").mkdir()
    (tmp_path / "work_1" / "checkpoint.pt").write_bytes(b"of an earlier part of it")
    done = subprocess.run(command(lines, before=before), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    training = read_json(tmp_path / "t.json")
    assert training["status"] == "failed" and words in training["traceback"]
    assert training["traceback"].isprintable()
    assert read_policy_file(tmp_path / "p.pth")["status"] == "failed"
    assert (tmp_path / "t.csv").read_text().startswith("step,")
    assert len(read_json(tmp_path / "job.json")["outputs"]) == 3
    assert not (tmp_path / "work_1" / "checkpoint.pt").exists()


@pytest.mark.slow
def test_a_kill_from_outside_is_no_failed_candidate(command, tmp_path):
    number = signal.SIGKILL
    done = subprocess.run(command("", before=killing(number)), capture_output=True, text=True, timeout=120)
    assert done.returncode == 1 and "continues from its checkpoint" in done.stderr
    assert number.name in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "t.json").exists() and not (tmp_path / "job.json").exists()


@pytest.mark.slow
def test_an_honest_training_ends_as_before(command, tmp_path):
    done = subprocess.run(command(""), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    assert read_json(tmp_path / "t.json")["status"] == "ok"
    record = read_json(tmp_path / "job.json")
    assert len(record["outputs"]) == 3 and "torch" in record["versions"]
    assert "memory for one call of the reward: " in done.stdout


def started(command):
    """Start a training that never ends -> the parent and, once its reward is called, the child."""
    parent = psutil.Popen(command(HOLD), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    busy = "a child with three seconds of processor time"
    wait_until(lambda: any(child.cpu_times().user >= 3 for child in parent.children()), 60, busy, parent)
    return parent, parent.children()[0]


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_no_child_outlives_its_parent(command, tmp_path, number, status):
    parent, child = started(command)
    os.kill(parent.pid, number)
    _, errors = parent.communicate(timeout=20)
    assert parent.returncode == status and "Traceback" not in errors, errors
    psutil.wait_procs([child], timeout=10)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    assert not (tmp_path / "t.json").exists()
