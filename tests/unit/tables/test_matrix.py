"""Policies of one clip against every clip, and what everything took."""

from dataclasses import replace

import pytest

from video2reward.artifacts.io import write_json
from video2reward.artifacts.tuning import TuningRecord, write_tuning
from video2reward.tables.costs import make_costs
from video2reward.tables.matrix import make_matrices

ONE = (0.05, -0.1, -0.05)


def test_each_clip_is_met_best_by_its_own_policy(group):
    group.clip("amble", {"template": [ONE, ONE], "human": [ONE]})
    group.clip("trot", {"template": [ONE, None]})
    matrix, *others = make_matrices(group.study())
    assert others == [], "human has learned one clip alone"
    assert matrix.clips == ("amble", "trot")
    assert matrix.numbers["amble", "trot"].known == [0.12, 0.12]
    assert matrix.numbers["trot", "trot"].known == [0.05]
    assert matrix.numbers["trot", "amble"].missing == [
        "g-trot-template, seed 1: no policy: all 2 candidates failed"
    ]
    assert (
        matrix.verdict
        == "The diagonal wins: the policy trained on a clip is the closest to it; some intervals overlap."
    )
    assert (
        matrix.numbers["amble", "trot"].sources[0] == "g-amble-template/seed0/clips.json: clips.trot.distance"
    )


def test_a_clip_that_another_policy_meets_as_well_is_named(group):
    group.clip("amble", {"template": [ONE]})
    group.clip("trot", {"template": [ONE]})
    path = group.results / "g-amble-template" / "seed0" / "clips.json"
    write_json(path, {"clips": {"amble": {"distance": 0.05}, "trot": {"distance": 0.04}}})
    assert "is as close to trot, or closer" in make_matrices(group.study())[0].verdict


def test_a_gait_and_a_jump_are_not_compared(group):
    group.clip("amble", {"template": [ONE]})
    group.clip("hop", {"template": [ONE]})
    study = group.study()
    hop = tuple(replace(one, practice="own") if one.video == "hop" else one for one in study.planned)
    assert make_matrices(study) and not make_matrices(replace(study, planned=hop))


def test_costs_are_added_up_over_candidates_and_seeds(group):
    group.clip("amble", {"template": [ONE, None]})
    cost = make_costs(group.study())[0]
    assert (cost.loops, cost.candidates, cost.failed, cost.stopped) == (2, 4, 3, 1)
    assert cost.failed_loops == ("g-amble-template, seed 1: no policy: all 2 candidates failed",)
    assert (cost.steps, cost.seconds) == (1000, 2.0)
    assert (cost.answers, cost.input_tokens, cost.output_tokens) == (4, 400, 40)
    assert cost.price_usd == pytest.approx(2.0)
    assert cost.writers == ("m-1",)


def test_the_steps_of_tuning_count_among_a_methods(group):
    group.clip("amble", {"template": [ONE]})
    without = make_costs(group.study())[0]
    path = group.results / "g-amble-template" / "seed0" / "iter1" / "tuning.json"
    write_tuning(path, TuningRecord("candidate 1 of iteration 1", "start", "no gain", steps=800, seconds=1.5))
    cost = make_costs(group.study())[0]
    assert (cost.steps, cost.seconds) == (without.steps + 800, without.seconds + 1.5)
    assert cost.candidates == without.candidates and any("tuning.json" in one for one in cost.sources)
