"""The layout of a results folder against what a run really leaves in one."""

import os
from pathlib import Path

import pytest

from video2reward.results.layout import Results
from video2reward.results.places import files_of, folders, place_of

# Made by runs of another kind: a fetched video, answers and choices of people, critiques, judges, several clips, tables, a
# tree's choices, halved rounds, tuned rewards.
HALVED = {"checkpoint", "halving"}
TUNED = {"tuning", "tuned_reward", "tuning_work"}
PARENT = {
    "parent",
    *(f"parent_{kind}" for kind in ("selection", "policy", "reward", "curves", "feedback", "critique")),
}
CRITIQUE = {"critique", "critique_prompt", "critique_record", "critique_answer", "pictures"}
NOT_HERE = (
    {
        "fetched",
        "answer",
        "completions",
        "clips",
        "pages",
        "preferences",
        "judgement",
        "judge_page",
        "physics",
    }
    | CRITIQUE
    | PARENT
    | HALVED
    | TUNED
)


@pytest.mark.slow
def test_a_run_leaves_what_the_layout_knows_and_nothing_else(finished):
    results = finished / ""
    found = [Path(top, name).relative_to(results) for top, _, names in os.walk(results) for name in names]
    assert [str(path) for path in found if place_of(path) is None] == []
    kinds = {place_of(path).file for path in found}
    assert {name for folder in folders() for name, _ in files_of(folder)} - kinds <= NOT_HERE


@pytest.mark.slow
def test_the_layout_leads_to_what_a_run_has_left(finished):
    results = Results(finished / "")
    loop = results.experiment("amble").loop(0)
    candidate = loop.round(2).candidate(1)
    base = results.robot("anymal_c").base("base")
    for path in (
        results.report, loop.page, loop.best, loop.round(1).prompt, candidate.reward, candidate.record("train_policy"),
        base.policy, base.log("train"), results.video("dog_amble").motion,
        results.experiment("amble").base("base").record("evaluate"),
    ):  # fmt: skip
        assert path.exists(), path
    assert place_of(candidate.reward).k == 1
