"""The template's reward of a single motion."""

import ast
from pathlib import Path

import pytest
import torch
from tests.unit.reward.conftest import extract_code

from video2reward.llm.base import Question
from video2reward.llm.template_feedback import Judgement, read_judgement, shifted
from video2reward.llm.template_plan import RewardPlan, candidate_plan, first_plan, read_plan
from video2reward.llm.template_provider import TemplateProvider
from video2reward.prompt.build import Ingredients, prompt_facts
from video2reward.reward.compile import compile_source
from video2reward.robots.description import load_robot
from video2reward.settings.llm import LLM
from video2reward.settings.method import Method
from video2reward.settings.task import Task
from video2reward.sim.locomotion import make_env
from write_prompt import words_of

TERMS = ["height", "up", "forward", "flight", "position", "rate", "upright", "straight", "smooth", "torque"]


@pytest.fixture
def facts(jump_reference, jump_motion, robot_folder):
    robot, task = load_robot(Path(robot_folder) / "robot.yaml"), Task(name="single")
    return prompt_facts(
        Ingredients(jump_reference, jump_motion, robot, Method(description="m"), task, words_of(task, 0.3), 1)
    )


def written(facts, candidate=1):
    return extract_code(TemplateProvider().complete(Question((), LLM(), 0, 1, candidate, facts)).text)


def test_it_asks_for_the_jump_and_not_for_a_speed(facts, jump_reference, robot_folder):
    code = written(facts)
    reward = compile_source(code)
    assert "commands" not in code and {"wanted_height", "wanted_velocity", "wanted_flight"} <= set(
        reward.needed
    )
    robot = load_robot(robot_folder / "robot.yaml")
    task = Task(name="single", reference_starts=1.0)
    env = make_env("mujoco", robot, robot_folder / robot.mjcf, task, jump_reference, None, 64, 0)
    env.training_starts = True
    env.reset()
    now = env.signals()
    jumping, terms = reward({name: now[name] for name in reward.needed})
    env.close()
    assert list(terms) == TERMS
    still = now | {
        "trunk_height": torch.full((64,), now["standing_height"]),
        "trunk_velocity": torch.zeros(64, 2),
        "foot_contacts": torch.ones(64, 4),
    }
    standing = reward({name: still[name] for name in reward.needed})[0]
    flies = now["wanted_flight"] > 0.5
    assert (jumping > standing)[flies].float().mean() > 0.95


def test_rounds_build_on_each_other(facts):
    plan = candidate_plan(first_plan(facts), 0, 1, 2)
    source = ast.unparse(ast.parse(written(facts, 2)))
    again = read_plan(source, facts["keypoints"], single=True)
    assert again.weights == plan.weights and again.temperatures == plan.temperatures and again.single
    assert first_plan(facts | {"previous_reward": source}).weights == plan.weights
    assert len({written(facts, k) for k in range(1, 7)}) == 6


@pytest.mark.parametrize(
    ("part", "grown"), [("rise", "height"), ("rise", "up"), ("distance", "forward"), ("flight", "flight")]
)
def test_weight_goes_where_the_jump_falls_short(part, grown):
    before = RewardPlan.of_single({"L_F_Paw": 1.0, "R_F_Paw": 1.0})
    after = shifted(before, Judgement({}, jump={part: 0.5}))
    assert after.weights[grown] > before.weights[grown] and part in after.reasons[0]
    assert shifted(before, Judgement({}, jump={part: 0.95})) == before
    fell = shifted(before, Judgement({}, falls=0.3))
    assert fell.weights["upright"] > before.weights["upright"]


def test_the_shares_are_read_from_the_feedback():
    feedback = {"parts": ["success"], "figures": {"jump_rise": 0.4, "jump_flight": None, "falls": 0.0}}
    assert read_judgement(feedback).jump == {"rise": 0.4}
    assert read_judgement(feedback | {"parts": []}).jump == {}
