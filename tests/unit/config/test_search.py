"""What a search asks of an experiment: rounds in which islands can meet, a method with several lines, recorded answers."""

from pathlib import Path

import pytest

from video2reward.config.plan import load_plan
from video2reward.config.recordings import check_recordings
from video2reward.errors import UserError

ROOT = Path(__file__).resolve().parents[3]
OWN = {"video": "dog_amble", "robot": "anymal_c"}


def plan(search, method="template", **more):
    return load_plan(OWN | {"method": method, "search": search, "llm": {"provider": "manual"}} | more, ROOT)


def loop_of(*args, **more):
    return next(iter(plan(*args, **more).experiments.values())).loop


@pytest.mark.parametrize(("crossover", "iterations"), [(2, 1), (2, 2), (2, 3), (3, 4), (0, 1), (1, 1)])
def test_islands_that_can_meet_or_shall_not(crossover, iterations):
    loop = loop_of({"kind": "population", "crossover": crossover}, iterations=iterations)
    assert loop.search.crossover == crossover


@pytest.mark.parametrize(("crossover", "iterations", "most"), [(3, 2, 2), (3, 3, 2), (4, 4, 3)])
def test_islands_that_would_meet_at_the_end_alone(crossover, iterations, most):
    with pytest.raises(UserError, match=f"of {iterations} rounds alone, or never: set it to {most} or less"):
        plan({"kind": "population", "crossover": crossover}, iterations=iterations)


@pytest.mark.parametrize("search", ["tree", {"kind": "population", "islands": 3}])
def test_a_fixed_reward_is_greedy_and_keeps_its_rounds(search):
    loop = loop_of(search, "human", iterations=3)
    assert loop.search.kind == "greedy" and loop == loop_of("greedy", "human", iterations=3)
    assert loop_of(search, "video2reward", iterations=3).search.kind != "greedy"


def test_people_choose_along_one_line():
    assert plan("greedy", "human_preference").experiments
    with pytest.raises(UserError, match="has several; set search: greedy, or choose a method"):
        plan("tree", "human_preference")


@pytest.mark.parametrize(
    ("search", "answers"), [("greedy", 4), ("tree", 4), ({"kind": "population", "islands": 3}, 12)]
)
def test_a_replay_needs_the_answers_of_all_nodes(tmp_path, search, answers):
    recorded = {"provider": "recorded", "recorded": str(tmp_path)}
    made = plan(search, "video2reward", samples=2, iterations=2, llm=recorded, results=str(tmp_path / "now"))
    with pytest.raises(UserError, match=f"{answers} of {answers} answers are missing"):
        check_recordings(made)
