"""A generation: one start, one noise, so that equal rewards learn equally to the last bit."""

import pytest
import torch
from tests.unit.policy.pointmass import TRAINING, PointMassEnv, goal_reward
from tests.unit.policy.test_resume import KilledError, KilledIn
from tests.unit.policy.together.points import BATCH, assert_same_training, far_reward, watched

from video2reward.artifacts.selection import Candidate
from video2reward.artifacts.tuning import TunedVariant
from video2reward.policy.beginning import Beginning
from video2reward.policy.tuning.generation import ShortTraining, planned, with_result
from video2reward.policy.tuning.search import NumberSearch
from video2reward.settings.method import Method

METHOD = Method(description="", max_falls=0.1, max_velocity_error=0.3)


def short(work, **changes):
    training = TRAINING.model_copy(update={"steps": 4 * BATCH, "early_stop": False, **changes})
    return ShortTraining(
        lambda reward, agents, seeds: PointMassEnv(agents, seeds, reward),
        training,
        Beginning(),
        3,
        work,
        {"code": "a"},
    )


def test_equal_rewards_learn_equally_and_another_generation_has_another_noise(tmp_path):
    rewards = {0: watched(goal_reward), 1: watched(far_reward), 2: watched(goal_reward)}
    found = short(tmp_path / "a")(1, rewards)
    assert_same_training(found[0], found[2])
    assert found[1].rows[-1]["reward"] != found[0].rows[-1]["reward"]
    assert all(one.steps == 4 * BATCH for one in found.values())
    other = short(tmp_path / "b")(2, {0: watched(goal_reward)})
    assert other[0].rows[0]["success"] != found[0].rows[0]["success"]


def test_what_cannot_be_trained_fails_alone(tmp_path):
    found = short(tmp_path)(1, {0: watched(goal_reward), 1: "it does not compile"})
    assert found[0].policy is not None and found[1].policy is None
    lost = with_result(TunedVariant(1, 1, (1.0,), "ok"), found[1], None, METHOD)
    assert (lost.status, lost.reason, lost.steps) == ("failed", "it does not compile", 0)


def test_one_that_becomes_nan_by_division_fails_alone(tmp_path):
    def divided(signals):
        total = signals["offset"].square().sum(-1)
        return total / (total * 0.0), {"near": total}

    found = short(tmp_path)(1, {0: watched(goal_reward), 1: watched(divided)})
    assert found[0].policy is not None and found[1].status == "failed"
    lost = with_result(TunedVariant(1, 1, (1.0,), "ok"), found[1], None, METHOD)
    assert lost.status == "failed" and "NaN or infinite" in lost.reason


def test_a_killed_generation_resumes(tmp_path):
    whole = short(tmp_path / "whole")(1, {0: watched(goal_reward)})
    with pytest.raises(KilledError):
        short(tmp_path / "half", checkpoint_s=1e-9)(1, {0: KilledIn(goal_reward, 3 * TRAINING.horizon - 4)})
    again = short(tmp_path / "half", checkpoint_s=1e-9)(1, {0: watched(goal_reward)})
    assert_same_training(again[0], whole[0])
    assert torch.is_tensor(next(iter(again[0].policy.state_dict().values())))


def test_a_variant_has_what_its_evaluation_found(tmp_path):
    (trained,) = short(tmp_path)(1, {0: watched(goal_reward)}).values()
    candidate = Candidate(
        1,
        0,
        "ok",
        success=-0.2,
        falls=0.05,
        velocity_error_ratio=0.1,
        gait=0.07,
        judged=0.08,
        posture=0.1,
        h_mts=-0.1,
    )
    found = with_result(TunedVariant(1, 0, (1.0,), "ok", margin=0.3), trained, lambda *_: candidate, METHOD)
    assert (found.distance, found.able, found.margin, found.steps) == (0.08, True, 0.3, 4 * BATCH)
    fallen = Candidate(1, 0, "ok", success=-0.2, falls=0.5, velocity_error_ratio=0.1, gait=0.07)
    assert not with_result(found, trained, lambda *_: fallen, METHOD).able


def test_a_generation_begins_with_the_unchanged_reward():
    drawn = NumberSearch({"w": 1.0}, 3.0, 3, seed=0).ask(lambda numbers: "no" if numbers["w"] > 1 else "")
    found = planned(2, [1.0], 0.4, drawn)
    assert (
        [one.number for one in found] == [0, 1, 2, 3] and found[0].values == (1.0,) and found[0].margin == 0.4
    )
    assert all((one.status == "refused") == (one.values[0] > 1) for one in found[1:])
