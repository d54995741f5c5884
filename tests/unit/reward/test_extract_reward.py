import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from video2reward.artifacts.check import read_check
from video2reward.artifacts.completion import Completion, write_completion
from video2reward.artifacts.prompt import write_prompt
from video2reward.artifacts.reference import write_reference
from video2reward.prompt.build import Ingredients, build_prompt
from video2reward.reward.states import sample_states
from video2reward.robots import load_robot
from video2reward.settings import Check, Method, Task
from video2reward.signals import CATALOGUE
from video2reward.sim.mujoco_env import MujocoEnv

ROOT = Path(__file__).resolve().parents[3]
SIZES = {"N": 8, "D": 12, "F": 4, "J": 14, "2": 2, "3": 3}


@pytest.fixture
def run(tmp_path, made_reference, made_motion, robot_folder):
    """Run the script on an answer -> (its output, the verdict, the reward's text)."""
    robot = load_robot(robot_folder / "robot.yaml")
    method = Method(description="m", signals=("keypoints", "clock"))
    write_reference(tmp_path / "reference.h5", made_reference)
    prompt = build_prompt(
        Ingredients(made_reference, made_motion, robot, method, Task(), 1), ROOT / "resources" / "prompts"
    )
    write_prompt(tmp_path / "prompt.txt", tmp_path / "prompt.json", prompt)

    def call(text, finish="stop"):
        answer = Completion(text, "m", "p", is_language_model=True, finish=finish)
        write_completion(tmp_path / "completion.json", answer)
        params = {"check": Check(seconds=10), "task": Task(), "method": method}
        params = {name: value.model_dump(mode="json") for name, value in params.items()}
        files = ["--completion", tmp_path / "completion.json", "--record", tmp_path / "prompt.json"]
        files += ["--reference", tmp_path / "reference.h5", "--robot", robot_folder / "robot.yaml"]
        files += ["--mjcf", robot_folder / robot.mjcf, "--reward", tmp_path / "reward.py"]
        files += ["--check", tmp_path / "check.json", "--code", "x"]
        params["training"] = {"simulator": "mujoco"}
        script = ROOT / "workflow_scripts" / "extract_reward.py"
        done = subprocess.run(
            [sys.executable, script, *files, "--params", json.dumps(params)], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout, read_check(tmp_path / "check.json"), (tmp_path / "reward.py").read_text()

    return call


def test_a_good_answer_is_tried_on_the_real_robot(run):
    body = "    r = torch.exp(-torch.sum(torch.square(keypoints), dim=(1, 2))) * (1.0 + phase_sin)\n"
    text = f"```python\ndef compute_reward(keypoints: Tensor, phase_sin: Tensor):\n{body}    return r, {{'r': r}}\n```"
    out, verdict, reward = run(text)
    assert verdict.ok and verdict.components == ("r",) and "ok, terms r" in out
    assert reward.startswith("def compute_reward") and verdict.provenance["inputs"]


def test_a_bad_answer_ends_the_candidate_and_not_the_run(run):
    out, verdict, reward = run("```python\ndef compute_reward(reference_keypoints):\n    return 1, {}\n```")
    assert verdict.stage == "signature" and "hidden by this method" in verdict.message
    assert "failed at signature" in out and "def compute_reward" in reward


def test_an_answer_without_code_still_gives_both_files(run):
    _, verdict, reward = run("def compute_reward(", finish="length")
    assert verdict.stage == "extract" and "cut off at llm.max_tokens" in verdict.message
    assert reward.startswith("# No reward function")


def test_the_states_are_the_catalogue_and_vary(made_reference, robot_folder):
    robot = load_robot(robot_folder / "robot.yaml")
    env = MujocoEnv(robot, robot_folder / robot.mjcf, Task(), replace(made_reference), None, 8, 0)
    states = sample_states(env, seed=1, snapshots=3, every=5)
    env.close()
    for state in states:
        for signal in CATALOGUE:
            assert tuple(state[signal.name].shape) == tuple(SIZES[n] for n in signal.shape), signal.name
            assert torch.isfinite(state[signal.name]).all()
    assert not torch.equal(states[0]["joint_pos"], states[2]["joint_pos"])
    assert float(states[-1]["commands"].abs().max()) == 0
