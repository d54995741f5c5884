"""Every method of config/methods, for every task: a prompt can be written, its rewards can be had and work."""

from functools import cache
from pathlib import Path

import pytest
import torch
from tests.unit.reward.conftest import read_answer

from video2reward.config.critic import critic_section
from video2reward.config.method import load_method
from video2reward.config.plan import load_plan
from video2reward.llm.base import Question
from video2reward.llm.fixed_provider import FixedProvider
from video2reward.llm.template_provider import TemplateProvider
from video2reward.prompt.build import Ingredients, build_prompt
from video2reward.prompt.feedback_text import Round
from video2reward.registry import TASKS, kind_of_task
from video2reward.reward.compile import compile_source
from video2reward.reward.judgement import try_reward
from video2reward.reward.states import sample_states
from video2reward.robots.description import load_robot
from video2reward.settings.llm import LLM
from video2reward.settings.task import Task
from video2reward.signals import visible_signals
from video2reward.sim.locomotion import make_env
from write_prompt import words_of

ROOT = Path(__file__).resolve().parents[2]
PROMPTS = ROOT / "resources" / "prompts"
METHODS = sorted(path.stem for path in (ROOT / "config" / "methods").glob("*.yaml"))
CASES = [(method, task) for method in METHODS for task in sorted(TASKS.targets)]


@pytest.fixture(params=CASES, ids="-".join)
def given(request, made_reference, made_motion, jump_reference, jump_motion, robot_folder):
    name, task = request.param
    single = kind_of_task(task) == "single"
    robot = load_robot(robot_folder / "robot.yaml")
    method = load_method(name, ROOT, task)
    return Ingredients(
        jump_reference if single else made_reference,
        jump_motion if single else made_motion,
        robot,
        method,
        Task(name=task),
        words_of(Task(name=task), 1.2),
        1,
        "SOURCE = 1",
    )


@pytest.fixture(scope="module")
def states(made_reference, jump_reference, robot_folder):
    """Task -> real states, by name."""

    @cache
    def of(task):
        robot = load_robot(robot_folder / "robot.yaml")
        reference = jump_reference if kind_of_task(task) == "single" else made_reference
        env = make_env("mujoco", robot, robot_folder / robot.mjcf, Task(name=task), reference, None, 32, 0, 1)
        signals = sample_states(env, seed=0)
        env.close()
        # The run task's published reward is the humanoid's: below 0.8 m it has fallen, whatever it does.
        signals["base_height"] = signals["base_height"] + (0.5 if task == "run" else 0.0)
        count = len(next(iter(signals.values())))
        return [{name: torch.tensor(values[i]) for name, values in signals.items()} for i in range(count)]

    return of


def test_its_prompt_can_be_written(given):
    prompt = build_prompt(given, PROMPTS)
    assert [message["role"] for message in prompt.messages] == ["system", "user"]
    shown = {signal.name for signal in visible_signals([*given.method.signals, given.task.name])}
    hidden = {signal.name for signal in visible_signals(["keypoints", "clock", "reference"])} - shown
    listed = {line.split(":")[0] for line in prompt.text.splitlines()}
    assert shown <= listed and not hidden & listed


def test_its_next_prompt_carries_the_feedback(given):
    last = Round(
        {"status": "ok", "sections": {"gait": ["gait distance 0.123"]}}, "def compute_reward():\n    return 1"
    )
    given = Ingredients(**{**vars(given), "last": last, "iteration": 2})
    assert "gait distance 0.123" in build_prompt(given, PROMPTS).messages[-1]["content"]


def test_its_reward_passes_the_checks_and_works_on_real_states(given, states):
    facts = build_prompt(given, PROMPTS).facts
    shown = None if given.method.reward else {signal["name"] for signal in facts["signals"]}
    provider = FixedProvider() if given.method.reward else TemplateProvider()
    fixed = ROOT / "resources" / "rewards" / f"{given.method.reward}.py"
    answer = provider.complete(Question((), LLM(), 0, 1, 1, facts, source=fixed))
    reading = read_answer(answer.text, shown)
    assert reading.verdict is None, reading.verdict.message
    reward = compile_source(reading.code)
    groups = [
        "keypoints",
        "clock",
        "reference",
        given.task.name,
        *(["published"] if given.method.reward else []),
    ]
    everything = {signal.name for signal in visible_signals(groups)}
    assert set(reward.needed) <= everything
    try_reward(reward, states(given.task.name))


@pytest.mark.parametrize("method", METHODS)
def test_it_can_be_planned_and_says_who_writes(method):
    looks = critic_section(load_method(method, ROOT))  # with a critique the template is refused
    llm = {"provider": "manual"} if looks else {}
    asked = {"video": "dog_amble", "method": method, "iterations": 3, "samples": 4, "llm": llm}
    plan = load_plan(asked, ROOT)
    (experiment,) = plan.experiments.values()
    loop, own = experiment.loop, experiment.method
    assert experiment.method_name == method
    assert not {"{", "}"} & set(str(own.task_description)), "a placeholder was left as it is"
    if own.reward is not None:
        rounds = 3 if loop.training.init == "best" else 1
        assert (loop.llm.provider, loop.iterations, loop.samples) == ("fixed", rounds, 1)
    else:
        writer = own.provider or ("manual" if looks else "template")
        assert (loop.llm.provider, loop.iterations, loop.samples) == (writer, 3, 4)
