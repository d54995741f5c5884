import csv
import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from tests.unit.policy.pointmass import TRAINING, PointMassEnv, goal_reward, train_points

from video2reward.artifacts.io import digest, read_json
from video2reward.errors import UserError
from video2reward.policy.beginning import Beginning
from video2reward.policy.failure import GuardedReward
from video2reward.policy.network import PolicyFailed, load_policy, read_policy_file, write_policy
from video2reward.policy.seeding import generator_states, restore_generators, seed_everything
from video2reward.policy.training_record import AFTER, BEFORE, write_training

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return train_points(tmp_path_factory.mktemp("work"), 80_000)


def success_of(policy):
    env = PointMassEnv(128, seed=9)
    observation = env.reset()
    with torch.no_grad():
        for _ in range(env.episode_steps - 1):
            step = env.step(policy(observation))
            observation = step.observation
    return float(step.success.mean())


def read_rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_ppo_solves_the_point_masses(trained):
    idle = success_of(lambda observation: torch.zeros(len(observation), 2))
    assert trained.status == "ok"
    assert success_of(trained.policy) > 0.1 * idle  # distances squared: a tenth of standing still's
    assert trained.h_mts == max(row["success"] for row in trained.rows)


def test_curves_have_a_column_per_component_and_count_all_steps(trained, tmp_path):
    write_training(trained, tmp_path / "p.pth", tmp_path / "t.json", tmp_path / "t.csv", {"code": "x"})
    rows = read_rows(tmp_path / "t.csv")
    assert tuple(rows[0]) == (*BEFORE, "reward/near", "reward/effort", *AFTER)
    batch = TRAINING.num_envs * TRAINING.horizon
    assert [int(row["step"]) for row in rows] == [batch * (i + 1) for i in range(len(rows))]
    assert trained.steps == int(rows[-1]["step"]) >= 80_000 > trained.steps - batch
    for row in rows:
        parts = float(row["reward/near"]) + float(row["reward/effort"])
        assert float(row["reward"]) == pytest.approx(parts, abs=1e-5)


def test_the_file_holds_the_trained_network(trained, tmp_path):
    write_policy(tmp_path / "p.pth", trained.policy, {"code": "x"})
    loaded = load_policy(tmp_path / "p.pth")
    observation = torch.randn(7, 4)
    assert torch.equal(loaded(observation), trained.policy(observation))
    assert loaded.meta["observation_names"] == ["offset.x", "offset.y", "velocity.x", "velocity.y"]
    assert float(loaded.count) > 80_000


def test_the_same_seed_gives_the_same_policy(tmp_path):
    runs = [train_points(tmp_path / str(i), 3_000, seed=seed) for i, seed in enumerate((3, 3, 4))]
    weights = [run.policy.action_mean.weight for run in runs]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_generators_are_restored():
    seed_everything(5)
    states = generator_states()
    first = torch.rand(3)
    restore_generators(states)
    assert torch.equal(first, torch.rand(3))


def test_warm_start_begins_as_the_base_policy_with_its_own_noise(trained, tmp_path):
    base = tmp_path / "base.pth"
    write_policy(base, trained.policy, {})
    warm = train_points(
        tmp_path / "w", 1_000, start=Beginning("base", base), settings={"warm_sigma": 0.3, "mini_epochs": 1}
    )
    assert warm.rows[0]["reward"] > 3 * trained.rows[0]["reward"]
    assert warm.rows[0]["sigma"] == pytest.approx(0.3, rel=0.05)
    write_training(warm, tmp_path / "p.pth", tmp_path / "t.json", tmp_path / "t.csv", {})
    record = read_json(tmp_path / "t.json")
    assert (record["init"], record["warm_start"]) == ("base", digest(base))
    with pytest.raises(UserError, match=r"the policy to start from has layers \(32, 32\)"):
        train_points(tmp_path / "v", 1_000, start=Beginning("base", base), settings={"units": (16,)})


def nan_component(signals):
    total, components = goal_reward(signals)
    components["speed"] = torch.log(signals["velocity"].square().sum(-1) - 1)
    return total + components["speed"], components


def test_nan_in_the_reward_fails_the_candidate_and_names_the_component(tmp_path):
    result = train_points(tmp_path / "w", 5_000, reward=GuardedReward(nan_component))
    assert result.status == "failed" and result.policy is None
    assert "the component 'speed' is NaN or infinite" in result.traceback
    write_training(result, tmp_path / "p.pth", tmp_path / "t.json", tmp_path / "t.csv", {})
    assert read_policy_file(tmp_path / "p.pth")["status"] == "failed"
    with pytest.raises(PolicyFailed, match="'speed'"):
        load_policy(tmp_path / "p.pth")


def test_a_reward_of_the_wrong_shape_fails_the_candidate(tmp_path):
    reward = GuardedReward(lambda s: (goal_reward(s)[0][:, None], goal_reward(s)[1]))
    result = train_points(tmp_path, 5_000, reward=reward)
    assert result.status == "failed" and "shape (64, 1) for N = 64 agents" in result.traceback


def raising(signals):
    return goal_reward({"offset": signals["offset"], "actions": signals["velocities"]})


def test_an_exception_in_the_reward_fails_the_candidate_with_its_traceback(tmp_path):
    result = train_points(tmp_path, 5_000, reward=GuardedReward(raising))
    assert result.status == "failed"
    assert "KeyError" in result.traceback and "in raising" in result.traceback


def test_an_exception_elsewhere_is_not_the_candidates_fault(tmp_path):
    with pytest.raises(KeyError):
        train_points(tmp_path, 5_000, reward=raising)


def test_minibatches_must_divide_the_batch(tmp_path):
    with pytest.raises(UserError, match="minibatches = 7"):
        train_points(tmp_path, 1_000, settings={"minibatches": 7})
