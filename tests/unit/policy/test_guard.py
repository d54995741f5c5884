"""A reward that behaved in its trial and does otherwise while a policy is trained with it."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
from tests.unit.policy.pointmass import goal_reward
from tests.unit.policy.test_train import train_points

from video2reward.artifacts.io import read_json
from video2reward.policy.failure import CandidateFailedError, GuardedReward, Watchdog
from video2reward.policy.network import read_policy_file
from video2reward.reward.compile import compile_source

SCRIPTS = Path(__file__).resolve().parents[3] / "workflow_scripts"
HEAD = "def compute_reward(base_height: Tensor, commands: Tensor):\n    r = base_height + 0.0\n"
FALLEN = {"base_height": torch.zeros(4), "commands": torch.ones(4, 3)}
UPRIGHT = {"base_height": torch.ones(4), "commands": torch.ones(4, 3)}


def guarded(*lines, result="return r, {'r': r}"):
    return GuardedReward(compile_source(HEAD + "".join(f"    {line}\n" for line in (*lines, result))))


@pytest.mark.parametrize(
    "write", ["commands[:, 0] = 0.0", "commands *= 2.0", "v = commands.view(-1)\n        v += 1.0"]
)
def test_the_simulators_state_may_not_be_changed(write):
    reward = guarded("if bool((base_height < 0.5).any()):", f"    {write}")
    assert torch.equal(reward(UPRIGHT)[0], torch.ones(4))
    held = torch.zeros(8, 3)  # as a simulator hands out views of what it holds
    with pytest.raises(CandidateFailedError, match="changes the simulator's commands in place"):
        reward(FALLEN | {"commands": held[:4]})


def test_the_components_must_stay_the_same():
    reward = guarded(result="return r, {str(float(r[0])): r}")
    reward(UPRIGHT)
    reward(UPRIGHT)
    with pytest.raises(CandidateFailedError, match="components change from step to step: 0., 1."):
        reward(FALLEN)


def test_a_long_message_is_kept_short(tmp_path):
    grow = "    t = 'secret '\n    for i in range(18):\n        t = t + t\n"
    check = "    assert bool((base_height > 0.5).all()), t\n"
    code = f"{HEAD}{grow}{check}    return r, {{'r': r}}\n"
    inner = GuardedReward(compile_source(code))

    def reward(signals):
        return inner(FALLEN)

    result = train_points(tmp_path / "w", 5_000, reward=reward)
    assert result.status == "failed" and len(result.traceback) < 10_000


def test_a_component_alone_that_is_not_finite_fails_the_candidate(tmp_path):
    def reward(signals):
        total, components = goal_reward(signals)
        return total, components | {"odd": torch.log(-components["near"])}

    result = train_points(tmp_path / "w", 5_000, reward=reward)
    assert result.status == "failed" and "component 'odd' is NaN or infinite" in result.traceback


def test_enormous_values_fail_the_candidate(tmp_path):
    result = train_points(tmp_path / "w", 5_000, reward=lambda s: (goal_reward(s)[0] * 1e30, {}))
    assert result.status == "failed" and "more than 1e+09 cannot be learned from" in result.traceback


def test_a_call_that_takes_long_is_noticed_while_it_runs():
    noticed = threading.Event()
    count = "while i < 3000000 and bool(base_height[0] < 0.5):"
    code = f"{HEAD}    i = 0\n    {count}\n        i += 1\n        r = r * 1.0\n    return r, {{'r': r}}\n"
    during = []
    watchdog = Watchdog(lambda reason: (during.append(reason), noticed.set()), seconds=0.4)
    reward = GuardedReward(compile_source(code), watchdog)
    reward(UPRIGHT)
    assert not noticed.is_set()
    thread = threading.Thread(target=reward, args=(FALLEN,), daemon=True)
    thread.start()
    assert noticed.wait(60) and thread.is_alive() and "more than 0.4 s" in during[0]


STALL = """
import sys, torch, train_policy
from functools import partial
from pathlib import Path
from video2reward.policy.failure import GuardedReward, Watchdog
from video2reward.reward.compile import compile_reward
from video2reward.script import Script

script = Script("").input("reward").output("policy", "training", "curves").parse()
reward = GuardedReward(compile_reward(script.path("reward")), Watchdog(partial(train_policy.give_up, script), 0.4))
reward({"base_height": torch.zeros(4), "commands": torch.zeros(4, 3)})
print("it came back")
"""


def test_an_endless_reward_ends_as_a_failed_training(tmp_path):
    reward = tmp_path / "reward.py"
    loop = "    while bool((base_height < 0.5).any()):\n        r = r * 1.0\n"
    reward.write_text(f"{HEAD}{loop}    return r, {{'r': r}}\n")
    outputs = {"policy": tmp_path / "p.pth", "training": tmp_path / "t.json", "curves": tmp_path / "t.csv"}
    files = [part for name, path in outputs.items() for part in (f"--{name}", str(path))]
    record = [
        "--job-record",
        str(tmp_path / "job.json"),
        "--inputs",
        str(reward),
        "--outputs",
        *map(str, outputs.values()),
    ]
    code = f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); sys.argv[0] = {str(SCRIPTS / 'train_policy.py')!r}\n{STALL}"
    done = subprocess.run(
        [sys.executable, "-c", code, "--reward", str(reward), *files, *record],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "endless loop" in done.stdout and "came back" not in done.stdout
    training = read_json(outputs["training"])
    assert training["status"] == "failed" and "more than 0.4 s" in training["traceback"]
    assert read_policy_file(outputs["policy"])["status"] == "failed"
    assert set(json.loads((tmp_path / "job.json").read_text())["outputs"]) == set(map(str, outputs.values()))


def test_a_hoard_of_memory_is_an_error_and_not_the_end(tmp_path):
    body = "    h = [r]\n    for i in range(10000000):\n        h.append(torch.ones([10000000]) * i)\n    r = r * float(len(h))\n"
    code = f"{HEAD}{body}    return r, {{'r': r}}\n"
    run = (
        "import torch\nfrom video2reward.policy.failure import *\nfrom video2reward.reward import limits\n"
        "from video2reward.reward.compile import compile_source\n"
        f"reward = GuardedReward(compile_source({code!r}))\n"
        "limits.limit_growth(2**29)\n"
        "try:\n    reward({'base_height': torch.zeros(4), 'commands': torch.zeros(4, 3)})\n"
        "except CandidateFailedError as error:\n    print('failed:', error)\n"
    )
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, timeout=120)
    assert "failed: the reward raised" in done.stdout, done.stderr
