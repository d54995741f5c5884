"""Every method of config/methods: a prompt can be written for it, and its rewards can be had."""

from pathlib import Path

import pytest

from video2reward.config import load_method
from video2reward.language_model import LLM
from video2reward.llm.base import Question
from video2reward.llm.fixed_provider import FixedProvider
from video2reward.llm.template_provider import TemplateProvider
from video2reward.prompt.build import Ingredients, build_prompt
from video2reward.prompt.feedback_text import Round
from video2reward.reward.check import check_text
from video2reward.reward.compile import compile_source
from video2reward.robots import load_robot
from video2reward.settings import Task
from video2reward.signals import visible

ROOT = Path(__file__).resolve().parents[2]
METHODS = sorted(path.stem for path in (ROOT / "config" / "methods").glob("*.yaml"))


@pytest.fixture(params=METHODS)
def given(request, made_reference, made_motion, robot_folder):
    method = load_method(request.param, ROOT)
    robot = load_robot(robot_folder / "robot.yaml")
    return Ingredients(made_reference, made_motion, robot, method, Task(), 1, "SOURCE = 1")


def test_its_prompt_can_be_written(given):
    prompt = build_prompt(given, ROOT / "resources" / "prompts")
    assert [message["role"] for message in prompt.messages] == ["system", "user"]
    shown = {signal.name for signal in visible(given.method.signals)}
    hidden = {signal.name for signal in visible(["keypoints", "clock", "reference"])} - shown
    listed = {line.split(":")[0] for line in prompt.text.splitlines()}
    assert shown <= listed and not hidden & listed


def test_its_next_prompt_carries_the_feedback(given):
    last = Round(
        {"status": "ok", "sections": {"gait": ["gait distance 0.123"]}}, "def compute_reward():\n    return 1"
    )
    given = Ingredients(**{**vars(given), "last": last, "iteration": 2})
    assert (
        "gait distance 0.123" in build_prompt(given, ROOT / "resources" / "prompts").messages[-1]["content"]
    )


def test_its_reward_passes_the_static_checks_and_compiles(given):
    facts = build_prompt(given, ROOT / "resources" / "prompts").facts
    shown = None if given.method.reward else {signal["name"] for signal in facts["signals"]}
    provider = FixedProvider() if given.method.reward else TemplateProvider()
    if given.method.reward:
        facts["fixed_reward"] = (ROOT / "resources" / "rewards" / f"{given.method.reward}.py").read_text()
    code, verdict = check_text(provider.complete(Question((), LLM(), 0, 1, 1, facts)).text, shown)
    assert verdict is None, verdict.message
    assert compile_source(code).needed
