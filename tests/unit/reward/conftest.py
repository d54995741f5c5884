from collections.abc import Collection

import numpy as np
import pytest
import torch

from video2reward.artifacts.check import Check
from video2reward.artifacts.states import States, write_states
from video2reward.reward.check import ReadCode, check_answer
from video2reward.reward.extract import extract
from video2reward.reward.states import sample_states
from video2reward.robots.description import load_robot
from video2reward.settings.task import Task
from video2reward.signals import CATALOGUE
from video2reward.sim.locomotion import make_env

SIZES = {"N": 16, "D": 12, "F": 4, "J": 14, "2": 2, "3": 3}


def make_states(
    count: int = 3, seed: int = 0, agents: int = 16, signed: bool = False
) -> list[dict[str, torch.Tensor]]:
    """Varied tensors of the catalogue's shapes, all above 0.1 unless `signed`."""
    sizes = SIZES | {"N": agents}
    generator = torch.Generator().manual_seed(seed)
    states = [
        {s.name: torch.randn([sizes[n] for n in s.shape], generator=generator).abs() + 0.1 for s in CATALOGUE}
        for _ in range(count)
    ]
    if signed:
        states = [{n: v - 0.5 if v.ndim else v for n, v in state.items()} for state in states]
    return states


def extract_code(text: str) -> str:
    """The version of an answer that is most likely meant; `ExtractError` if there is none."""
    return extract(text).codes[0]


def read_answer(text: str, visible: Collection[str] | None) -> ReadCode:
    """An answer judged without being run: the first version that may be run, or what is wrong with the likeliest."""
    code, check = check_answer(text, visible, lambda code: Check("ok", "done"))
    return ReadCode(code, check.rewritten, None if check.ok else check)


@pytest.fixture
def states() -> list[dict[str, torch.Tensor]]:
    return make_states()


@pytest.fixture(scope="session")
def states_file(tmp_path_factory):
    """A states.npz of `make_states`."""
    path = tmp_path_factory.mktemp("states") / "states.npz"
    states = make_states()
    signals = {name: np.stack([state[name].numpy() for state in states]) for name in states[0]}
    write_states(path, States(signals, {"code": "test"}))
    return path


@pytest.fixture(scope="module")
def real_states(made_reference, robot_folder):
    """States of the real robot, as a trial has them."""
    robot = load_robot(robot_folder / "robot.yaml")
    env = make_env("mujoco", robot, robot_folder / robot.mjcf, Task(), made_reference, None, 32, 0)
    signals = sample_states(env, seed=0)
    env.close()
    return [
        {n: torch.from_numpy(v[i].copy()) if v[i].ndim else torch.tensor(v[i]) for n, v in signals.items()}
        for i in range(9)
    ]
