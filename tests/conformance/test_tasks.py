"""What every task must satisfy to be trained on and judged, whoever added it; and all that adding one takes."""

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import compare_motion
import evaluate_policy
import select_policy
import write_prompt
from video2reward.artifacts.check import Check, write_check
from video2reward.artifacts.io import read_json, write_json
from video2reward.artifacts.motion import write_motion
from video2reward.artifacts.prompt import read_prompt
from video2reward.artifacts.reference import write_reference
from video2reward.artifacts.rollout import write_rollout
from video2reward.artifacts.success import success_words
from video2reward.config.method import load_method
from video2reward.config.plan import load_plan
from video2reward.errors import UserError
from video2reward.policy.network import Policy, write_policy
from video2reward.registry import TASKS, kind_of_task
from video2reward.reward.compile import compile_reward
from video2reward.robots.description import load_robot
from video2reward.rollout.record import roll_out
from video2reward.scores.expert import EXPERT_TERMS
from video2reward.settings.task import Task
from video2reward.settings.validation import read_yaml
from video2reward.sim.locomotion import make_env

ROOT = Path(__file__).resolve().parents[2]
# Long enough for one whole jump, from its rest on.
SECONDS = 2.5
REWARD = """
import torch
from typing import Dict, Tuple


def compute_reward(base_height: torch.Tensor, dt: float) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    return base_height * dt, {"height": base_height * dt}
"""


class Round:
    """One round of a candidate with an untrained policy, through the scripts as the rules call them."""

    def __init__(self, folder, robot_folder, reference, motion, monkeypatch):
        self.folder, self.patch, self.reference = folder, monkeypatch, reference
        self.robot = load_robot(robot_folder / "robot.yaml")
        self.files = {"robot": robot_folder / "robot.yaml", "mjcf": robot_folder / self.robot.mjcf}
        write_reference(self("reference", "h5"), reference)
        write_motion(self("motion", "h5"), replace(motion, camera="moving"))  # it has no picture

    def __call__(self, name, suffix="json"):
        """The path of a file, new or known."""
        return self.files.setdefault(name, self.folder / f"{name}.{suffix}")

    def run(self, script, params, names, **others):
        words = [("--" + name.replace("_", "-"), str(self(name))) for name in names.split()]
        words += [(f"--{name.replace('_', '-')}", str(path)) for name, path in others.items()]
        told = [word for pair in words for word in pair]
        self.patch.setattr(sys, "argv", [script.__name__, "--params", json.dumps(params), *told])
        script.main()

    def env(self, task, reward, seed=0):
        return make_env("mujoco", self.robot, self("mjcf"), Task(name=task), self.reference, reward, 4, seed)

    def judge(self, task):
        """Write a policy and its evaluation.json -> the evaluation."""
        env = self.env(task, None)
        torch.manual_seed(0)
        policy = Policy(env.num_observations, env.num_actions, (8,))
        write_policy(self("policy", "pth"), policy, {})
        write_json(self("training"), {"status": "ok", "traceback": "", "h_mts": 0.5, "steps": 0})
        rollout = roll_out(env, policy, SECONDS, self.robot.name, self.reference.keypoint_names)
        write_rollout(self("rollout", "h5"), rollout)
        env.close()
        params = {"task": {"name": task}, "evaluation": {"agents": 4}, "training": {"simulator": "mujoco"}}
        names = "policy training reference motion robot mjcf evaluation"
        self.run(evaluate_policy, params | {"seconds": SECONDS, "seed": 0, "sampled": True}, names)
        return read_json(self("evaluation"))

    def feed_back(self):
        """Select the policy and compare it with the clip -> the feedback."""
        write_check(self("check"), Check("ok", "done"))
        self("rewards", "py").write_text(REWARD)
        self("curves", "csv").write_text(
            "step,reward,reward/height,success\n1,0.01,0.01,0.5\n2,0.02,0.02,0.6\n"
        )
        files = {
            "policies": "policy",
            "evaluations": "evaluation",
            "checks": "check",
            "trainings": "training",
        }
        lists = {name: self(file) for name, file in files.items()} | {"training_curves": self("curves")}
        kept = {name: self.folder / f"best_{name}" for name in ("policy", "reward", "curves")}
        params = {"method": {"description": ""}, "iteration": 1, "init": "best"}
        self.run(select_policy, params, "rewards selection", **lists, **kept)
        names = "rollout reference motion selection curves robot mjcf feedback"
        self.run(compare_motion, params, names, picture=self.folder / "similarity.png")
        return read_json(self("feedback"))

    def prompt(self, task):
        """Write the next round's prompt."""
        llm = {"context_tokens": 32768, "max_tokens": 4096}
        params = {"method": {"description": ""}, "task": {"name": task}, "iteration": 2, "llm": llm}
        outputs = {"prompt": self.folder / "prompt.txt", "record": self.folder / "prompt.json"}
        self.run(write_prompt, params, "reference motion robot feedback", reward=self("rewards"), **outputs)
        return read_prompt(outputs["record"])


@pytest.fixture
def a_round(tmp_path, robot_folder, made_reference, made_motion, monkeypatch):
    return Round(tmp_path, robot_folder, made_reference, made_motion, monkeypatch)


@pytest.fixture
def a_jump(tmp_path, robot_folder, jump_reference, jump_motion, monkeypatch):
    folder = tmp_path / "jump"
    folder.mkdir()
    return Round(folder, robot_folder, jump_reference, jump_motion, monkeypatch)


def check_figures(task, judged):
    """An untrained policy has every figure, and the task's own words stand beside them."""
    for figures in (judged["deterministic"], judged["sampled"]):
        assert np.isfinite(figures["success"]["mean"])
        smoothness = figures["smoothness"]
        for value in (*smoothness["feet"].values(), *smoothness["clip_feet"].values()):
            assert smoothness["least"] <= value < 0
        for key in ("expert", "expert_at_clip_speed"):
            terms = EXPERT_TERMS.get(task, {})
            assert set(figures[key]) == set(terms)
            assert all(0 <= value <= terms[term].ceiling for term, value in figures[key].items())
    assert success_words(judged) == TASKS.load(task).success_words
    assert judged["definitions"]["success"] == TASKS.load(task).success_definition


def check_round(task, a_round):
    """The feedback and the next prompt are in the task's words."""
    logic = TASKS.load(task)
    per = " a step over the trained commands" if kind_of_task(task) == "cyclic" else ""
    sentence = f"{per} ({logic.success_words.sentence})"
    assert sentence in a_round.feed_back()["sections"]["success"][0]
    prompt = a_round.prompt(task)
    assert sentence in prompt.text and f"class {logic.__name__}" in prompt.text
    assert logic.commands_in_words(Task(name=task), a_round.reference.speed) in prompt.text
    others = {TASKS.load(name).success_words.what for name in TASKS.targets} - {logic.success_words.what}
    assert not [words for words in others if words in prompt.text]


@pytest.mark.parametrize("task", TASKS.targets)
@pytest.mark.slow
def test_a_round_of_an_untrained_policy(task, a_round, a_jump):
    if kind_of_task(task) == "single":
        a_round = a_jump
    check_figures(task, a_round.judge(task))
    check_round(task, a_round)


@pytest.fixture
def stand(monkeypatch):
    """The task of stand_task.py, registered."""
    monkeypatch.setitem(TASKS.targets, "stand", "tests.conformance.stand_task:StandTask")
    return "stand"


@pytest.fixture
def root(tmp_path):
    """A project of one's own: its rewards can be added to."""
    root = tmp_path / "project"
    shutil.copytree(ROOT / "resources" / "rewards", root / "resources" / "rewards")
    for part in ("config", "resources/robots", "resources/videos"):
        (root / part).symlink_to(ROOT / part)
    return root


def test_a_task_is_one_module_and_one_line(stand, a_round):
    env = a_round.env(stand, None)
    for _ in range(3):
        result = env.step(torch.zeros(4, env.num_actions))
    env.close()
    assert result.observation.shape == (4, 1 + env.num_actions) and (result.success > 0.3).all()
    check_figures(stand, a_round.judge(stand))
    check_round(stand, a_round)


def test_what_else_a_task_needs_is_said_in_a_sentence(stand, root, a_round):
    content = {
        **read_yaml(ROOT / "config" / "config.yaml"),
        "experiments": ["amble"],
        "task": {"name": stand},
    }
    with pytest.raises(
        UserError, match=r"'stand' has no hand-written reward.*one for .*run, single, velocity.*human_stand"
    ):
        load_plan(content, root)
    path = root / "resources" / "rewards" / "human_stand.py"
    path.write_text(REWARD)
    assert load_method("eureka", root, stand).task_description == ""  # the prompt takes the task's own
    plan = load_plan(content, root)
    assert plan.practices["anymal_c"].task.name == stand
    env = a_round.env(stand, compile_reward(path))
    assert torch.isfinite(env.step(torch.zeros(4, env.num_actions)).reward).all()
    env.close()
