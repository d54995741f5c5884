"""Honest rewards in many styles pass every layer, on states of the real robot."""

import pytest
import torch
from tests.unit.reward.good import GOOD

from video2reward.reward.check import check_text
from video2reward.reward.states import sample_states
from video2reward.reward.trial_process import judge
from video2reward.robots import load_robot
from video2reward.settings import Task
from video2reward.signals import SIGNALS
from video2reward.sim.mujoco_env import MujocoEnv


@pytest.fixture(scope="module")
def real_states(made_reference, robot_folder):
    robot = load_robot(robot_folder / "robot.yaml")
    env = MujocoEnv(robot, robot_folder / robot.mjcf, Task(), made_reference, None, 32, 0)
    signals = sample_states(env, seed=0)
    env.close()
    return [
        {n: torch.from_numpy(v[i].copy()) if v[i].ndim else torch.tensor(v[i]) for n, v in signals.items()}
        for i in range(9)
    ]


def test_there_are_enough():
    assert len(GOOD) >= 40 and len(set(GOOD.values())) == len(GOOD)


@pytest.mark.parametrize("name", GOOD)
def test_an_honest_reward_is_accepted(name, real_states):
    code, verdict = check_text(f"```python\n{GOOD[name]}```\n", SIGNALS)
    assert verdict is None, verdict.message
    found = judge(code, real_states)
    assert found["status"] == "ok", found["message"]
    assert found["components"] and found["seconds_per_call"] < 0.1
