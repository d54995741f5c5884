import re
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.unit.reward.conftest import read_answer

from video2reward.errors import UserError
from video2reward.reward.compile import RewardError, compile_reward, compile_source
from video2reward.signals import SIGNALS

REWARDS = Path(__file__).resolve().parents[3] / "resources" / "rewards"
HEAD = "import torch\nfrom typing import Dict, Tuple\n"


def test_the_published_reward_is_its_formula(states):
    state = states[0] | {"torques": states[0]["torques"] * 30, "dt": 0.02}
    total, parts = compile_reward(REWARDS / "human_velocity.py")(state)
    v, w, c = (state[n].numpy().astype(float) for n in ("base_lin_vel", "base_ang_vel", "commands"))
    linear = 0.02 * np.exp(-((c[:, 0] - v[:, 0]) ** 2 + (c[:, 1] - v[:, 1]) ** 2) / 0.25)
    yaw = 0.01 * np.exp(-((c[:, 2] - w[:, 2]) ** 2) / 0.25)
    torque = -5e-7 * (state["torques"].numpy().astype(float) ** 2).sum(1)
    assert np.allclose(total.numpy(), np.maximum(linear + yaw + torque, 0), atol=1e-6)
    for name, term in {"linear_velocity": linear, "yaw_rate": yaw, "torque": torque}.items():
        assert np.allclose(parts[name].numpy(), term, atol=1e-6)


def test_the_sparse_reward_is_minus_the_squared_errors(states):
    total, _ = compile_reward(REWARDS / "sparse_velocity.py")(states[0])
    v, w, c = (states[0][n] for n in ("base_lin_vel", "base_ang_vel", "commands"))
    expected = -((c[:, :2] - v[:, :2]) ** 2).sum(1) - (c[:, 2] - w[:, 2]) ** 2
    assert torch.allclose(total, expected)


def test_only_what_is_needed_is_asked_for(states):
    reward = compile_reward(REWARDS / "human_velocity.py")
    assert reward.needed == ("base_lin_vel", "base_ang_vel", "commands", "torques", "dt")
    only = {name: states[0][name] for name in reward.needed}
    assert reward(only)[0].shape == (16,)
    assert reward.component_names == ("linear_velocity", "yaw_rate", "torque")


@pytest.mark.parametrize(
    "source",
    [
        # annotations of every fashion, with and without imports
        "def compute_reward(base_height: Tensor, dt: float) -> Tuple[Tensor, Dict[str, Tensor]]:\n"
        "    return base_height * dt, {'h': base_height}",
        "def compute_reward(base_height: torch.Tensor, dt: float) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:\n"
        "    return base_height * dt, {'h': base_height}",
        "from __future__ import annotations\nimport torch\n"
        "def compute_reward(base_height: torch.Tensor, dt: float):\n    return base_height * dt, {'h': base_height}",
        "def compute_reward(base_height, dt):\n    return base_height * dt, {'h': base_height}",
        "import torch.nn.functional as F\n\n@torch.jit.script\ndef half(x: Tensor) -> Tensor:\n    return F.relu(x) / 2\n\n"
        "@torch.jit.script\ndef compute_reward(base_height: Tensor, dt: Tensor, gain: float = 2.0):\n"
        "    parts = {'h': half(base_height)}\n    return parts['h'] * dt * gain * 2 / gain, parts",
    ],
)
def test_the_usual_ways_of_writing_compile(source, states):
    total, parts = compile_source(source)(states[0])
    assert torch.allclose(total, states[0]["base_height"] * states[0]["dt"]) and list(parts) == ["h"]


def test_numbers_and_tensors_both_serve_as_scalars(states):
    reward = compile_source(
        "def compute_reward(base_height, dt: float):\n    r = base_height * dt\n    return r, {'r': r}"
    )
    for dt in (0.02, torch.tensor(0.02)):
        assert torch.allclose(reward(states[0] | {"dt": dt})[0], states[0]["base_height"] * 0.02)


@pytest.mark.parametrize(
    "arguments",
    [
        "base_lin_vel, commands, target_speed: float = 1.0, dt: float = 7.0",
        "base_lin_vel, gain: float = 1.0, dt: float = 7.0, target_speed: float = 1.0, commands: Tensor = None",
        "base_lin_vel, dt=0.02, target_speed=1.0",
        "base_lin_vel, commands, dt: float, gain: float = 1.0, target_speed: Tensor = 3.0",
    ],
)
def test_a_signal_with_a_default_is_passed_all_the_same(arguments, states):
    """Its default would train another reward than the prompt's signals say; what is no signal keeps its own."""
    body = "    r = base_lin_vel[:, 0] / target_speed * dt\n    return r, {'r': r}\n"
    reading = read_answer(f"def compute_reward({arguments}):\n{body}", SIGNALS)
    assert reading.verdict is None, reading.verdict.message
    reward = compile_source(reading.code)
    named = {"base_lin_vel", "commands", "target_speed", "dt"} & set(re.split(r"[,:= ]+", arguments))
    assert set(reward.needed) == named
    state = states[0] | {"target_speed": torch.tensor(0.5), "dt": torch.tensor(0.02)}
    assert torch.allclose(reward(state)[0], state["base_lin_vel"][:, 0] / 0.5 * 0.02)


def test_a_given_reward_is_passed_its_signals_too(states):
    source = "def compute_reward(base_height, gain: float = 2.0, dt: float = 1.0):\n    r = base_height * gain * dt\n    return r, {'r': r}"
    reward = compile_source(source)
    assert reward.needed == ("base_height", "dt")
    assert torch.allclose(reward(states[0] | {"dt": 0.02})[0], states[0]["base_height"] * 0.04)


@pytest.mark.parametrize(
    ("source", "stage", "named"),
    [
        ("import os\ndef compute_reward(x):\n    return x", "allowlist", "import of os"),
        ("def reward(x):\n    return x", "signature", "defines no function compute_reward"),
        ("def compute_reward(x):\n    return x", "compile", "returns Tensor"),
        ("def compute_reward(x):\n    y = {1: x, 'a': x}\n    return x, y", "compile", "Dict keys"),
        ("def compute_reward(x):\n    if x > 0:\n        y = 1\n    return x, {'y': y}", "compile", "y is not defined"),
        ("def compute_reward(x: Missing):\n    return x, {'x': x}", "allowlist", "Missing is no type"),
    ],
)  # fmt: skip
def test_a_fault_has_its_stage_and_sentence(source, stage, named):
    with pytest.raises(RewardError, match=named) as caught:
        compile_source(HEAD + source, "reward_1.py")
    assert caught.value.stage == stage and "reward_1.py" in str(caught.value)


def test_nothing_of_the_code_runs_while_it_is_compiled(tmp_path):
    path = tmp_path / "reward.py"
    path.write_text(
        "import torch\ndef compute_reward(x: [open('/tmp/never', 'w')]):\n    return x, {'x': x}\n"
    )
    with pytest.raises(RewardError, match="'open'"):
        compile_reward(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match="none.py cannot be read"):
        compile_reward(tmp_path / "none.py")
