"""The prompt of a node with two parents, and what is left out of it first."""

from dataclasses import replace
from pathlib import Path

import pytest

from video2reward.errors import UserError
from video2reward.prompt.build import Ingredients, build_prompt
from video2reward.prompt.crossover import build_crossover
from video2reward.prompt.feedback_text import Round
from video2reward.prompt.length import Window, prompt_tokens
from video2reward.settings.method import Method
from video2reward.settings.task import Task
from write_prompt import words_of

TEMPLATES = Path(__file__).resolve().parents[3] / "resources" / "prompts"
FIRST, SECOND = (f"def compute_reward(dt: float):\n    return {n} * dt" for n in ("first", "second"))


def parent(word, reward, status="ok"):
    """A parent whose parts of the feedback are the word, the longer versions more often."""
    names = (
        "success",
        "trend",
        "gait",
        "joints",
        "components",
        "shares",
        "similarity",
        "candidates",
        "failures",
    )
    sections = {name: [f"{word} {name} " + "long " * 60, f"{word} {name} short"] for name in names}
    return Round({"status": status, "sections": sections}, reward)


@pytest.fixture
def given(made_reference, made_motion, robot_folder):
    from video2reward.robots.description import load_robot

    robot = load_robot(robot_folder / "robot.yaml")
    own = parent("own", FIRST)
    words = words_of(Task(), 1.2)
    return Ingredients(
        made_reference, made_motion, robot, Method(description="m"), Task(), words, 3, last=own
    )


def room(tokens):
    return Window(tokens + 2000, 1000)


def last(prompt):
    return prompt.messages[-1]["content"]


def test_both_rewards_with_their_own_feedback_and_the_wish_to_combine_them(given):
    one, both = build_prompt(given, TEMPLATES), build_crossover(given, parent("other", SECOND), TEMPLATES)
    assert both.messages[:-1] == one.messages[:-1], "all but the last turn is the first parent's prompt"
    assert last(both).startswith(last(one)) and SECOND in last(both) and "COMBINE BOTH" in last(both)
    for part in ("success", "gait", "joints", "components"):
        assert f"own {part} long" in last(both) and f"other {part} long" in last(both)
    for part in ("trend", "candidates", "failures"):
        assert f"own {part}" in last(both) and f"other {part}" not in last(both), "the other line's own past"
    assert both.facts["second_reward"] == SECOND and both.facts["shortened"] == []
    assert both.facts["previous_reward"] == FIRST


@pytest.mark.parametrize("second", [None, parent("other", "", "failed")])
def test_without_a_second_best_it_is_the_prompt_of_one_parent(given, second):
    assert build_crossover(given, second, TEMPLATES) == build_prompt(given, TEMPLATES)
    assert build_crossover(given, second, TEMPLATES, room(9000)) == build_prompt(given, TEMPLATES, room(9000))


def test_a_line_without_a_best_starts_from_the_other_ones(given):
    failed = replace(given, last=parent("own", "", "failed"))
    said = last(build_crossover(failed, parent("other", SECOND), TEMPLATES))
    assert "ERRORS" in said and "own failures" in said and SECOND in said
    assert "Start from this reward function" in said and "COMBINE BOTH" not in said


def test_the_second_parent_is_shortened_before_the_first(given):
    second = parent("other", SECOND)
    whole = prompt_tokens(build_crossover(given, second, TEMPLATES).messages)
    shortened = []
    for size in range(whole, 0, -40):
        try:
            prompt = build_crossover(given, second, TEMPLATES, room(size))
        except UserError as error:
            assert "the rewards of two parents does not fit" in str(error) and "search.crossover: 0" in str(
                error
            )
            assert f"leaves {size} tokens" in str(error) and "\n" not in str(error)
            break
        assert prompt_tokens(prompt.messages) <= size
        assert SECOND in last(prompt) and FIRST in prompt.messages[-2]["content"]
        assert "own success" in last(prompt) and "other success" in last(prompt), "success is never left out"
        shortened = prompt.facts["shortened"]
        if any(not words.startswith("of the second reward ") for words in shortened):
            assert "other joints" not in last(prompt), "all that can go of the second went before"
    assert shortened[0].startswith("of the second reward ") and "10 samples of the stride" in shortened
    assert build_crossover(given, second, TEMPLATES, room(whole)).facts["shortened"] == []
    first = build_crossover(given, second, TEMPLATES, room(whole - 1)).facts["shortened"]
    assert first == ["of the second reward five values of each training curve"]
