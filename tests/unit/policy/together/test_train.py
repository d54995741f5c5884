"""Rounds trained in one process: each candidate learns as if it were alone, whatever becomes of the others."""

import csv
from pathlib import Path

import pytest
import torch
from tests.unit.policy.pointmass import TRAINING, PointMassEnv, goal_reward
from tests.unit.policy.test_resume import OFTEN, KilledError, KilledIn
from tests.unit.policy.together.points import (
    BATCH,
    EPOCHS,
    REWARDS,
    assert_same_training,
    costly_reward,
    far_reward,
    train_points_together,
    watched,
)

from video2reward.artifacts.io import read_json
from video2reward.policy.beginning import Beginning
from video2reward.policy.failure import GuardedReward
from video2reward.policy.network import load_policy
from video2reward.policy.parameters import EVENTS
from video2reward.policy.together.members import Member
from video2reward.policy.together.rewards import SlicedReward
from video2reward.policy.together.train import train_together
from video2reward.policy.training_record import write_training
from video2reward.reward.compile import compile_reward
from video2reward.robots.description import load_robot
from video2reward.settings.task import Task
from video2reward.settings.training import Training

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return train_points_together(tmp_path_factory.mktemp("whole"))


def test_each_learns_its_own_reward(tmp_path):
    trained = train_points_together(tmp_path, epochs=40)
    near, far, still = (one.rows[-1]["success"] for one in trained)
    assert near > -0.4 > still > far


def test_a_slice_learns_as_it_would_alone(whole, tmp_path):
    for k, reward in enumerate(REWARDS, start=1):
        (alone,) = train_points_together(tmp_path / str(k), [reward], [k])
        assert_same_training(alone, whole[k - 1])
    swapped = train_points_together(tmp_path / "swapped", REWARDS[::-1], [3, 2, 1])
    for one, other in zip(swapped[::-1], whole, strict=True):
        assert_same_training(one, other)


def test_batched_as_on_a_gpu_they_learn_the_same(whole, tmp_path):
    for batched, one in zip(train_points_together(tmp_path, device="cpu:0"), whole, strict=True):
        assert batched.rows[0]["reward"] == pytest.approx(one.rows[0]["reward"], rel=1e-5)
        for name, value in one.policy.state_dict().items():
            torch.testing.assert_close(batched.policy.state_dict()[name], value, rtol=0.02, atol=0.02)


def raising(signals):
    return goal_reward({"offset": signals["offset"], "actions": signals["velocities"]})


def spoiling(signals):
    signals["velocity"].zero_()
    return goal_reward(signals)


def not_a_number(signals):
    total, components = goal_reward(signals)
    return total + torch.log(signals["velocity"].square().sum(-1) - 1), components


def huge(signals):
    return torch.full_like(signals["offset"][:, 0], 3e38), goal_reward(signals)[1]


class Later:
    """A reward that is the goal's at first, and fails in the third epoch."""

    def __init__(self, failing):
        self.failing, self.calls = failing, 0

    def __call__(self, signals):
        self.calls += 1
        return (self.failing if self.calls > 2.5 * BATCH / len(signals["offset"]) else goal_reward)(signals)


class BlindEnv(PointMassEnv):
    """The second slice sees nothing from its 40th step on."""

    seen = 0

    def _observe(self):
        found = super()._observe()
        self.seen += 1
        if self.seen > 40:
            found[len(found) // 3 : 2 * len(found) // 3, 3] = float("nan")
        return found


FAILURES = {
    "raises": ({"failing": raising}, "KeyError"),
    "changes tensors": ({"failing": spoiling}, "changes the simulator's velocity in place"),
    "NaN": ({"failing": not_a_number}, "NaN or infinite"),
    "diverges": ({"failing": huge, "guarded": False}, "the training diverged: "),
    "observes NaN": ({"make": BlindEnv}, "the observation is NaN or infinite: velocity.y"),
}


@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
@pytest.mark.parametrize("name", FAILURES)
def test_one_that_fails_leaves_the_others_as_they_were(whole, tmp_path, name, device):
    options, words = dict(FAILURES[name][0]), FAILURES[name][1]
    second = Later(options.pop("failing")) if "failing" in options else far_reward
    rewards = (goal_reward, second, costly_reward)
    found = train_points_together(tmp_path / "failing", rewards, device=device, **options)
    assert [one.status for one in found] == ["ok", "failed", "ok"]
    assert words in found[1].traceback and found[1].policy is None
    assert 1 <= len(found[1].rows) < EPOCHS
    fine = whole if device == "cpu" else train_points_together(tmp_path / "fine", device=device)
    for k in (0, 2):
        assert_same_training(found[k], fine[k])


def test_all_that_fail_end_the_training(tmp_path):
    found = train_points_together(tmp_path, [raising] * 3)
    assert [(one.status, one.steps) for one in found] == [("failed", 0)] * 3


def stops_what_only_costs(rows):
    return "it only costs" if len(rows) == 3 and rows[-1]["reward"] < 0 else ""


def test_one_that_is_stopped_early_keeps_its_policy(whole, tmp_path, capsys):
    found = train_points_together(tmp_path / "a", stop=stops_what_only_costs)
    assert "candidate 3: stopped early: it only costs" in capsys.readouterr().out
    short = train_points_together(tmp_path / "b", epochs=3)
    assert (found[2].steps, found[2].stopped_early) == (3 * BATCH, "it only costs")
    short[2].stopped_early = "it only costs"
    assert_same_training(found[2], short[2])
    for k in (0, 1):
        assert_same_training(found[k], whole[k])


@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
@pytest.mark.parametrize("epoch", [1, 4])
def test_a_killed_round_goes_on_to_the_same_end(tmp_path, epoch, device, capsys):
    """The second candidate fails in the first epoch, the third is stopped after three."""

    def run(folder, first, checkpoint_s=OFTEN):
        return train_points_together(
            tmp_path / folder,
            (first, raising, costly_reward),
            device=device,
            stop=stops_what_only_costs,
            settings={"checkpoint_s": checkpoint_s},
        )

    undisturbed = run("undisturbed", goal_reward, 1e9)
    with pytest.raises(KilledError):
        run("killed", KilledIn(watched(goal_reward), epoch * TRAINING.horizon + 5))
    resumed = run("killed", goal_reward)
    assert f"points: resuming at step {epoch * BATCH:,}" in capsys.readouterr().out
    assert [one.status for one in resumed] == ["ok", "failed", "ok"]
    assert (resumed[1].traceback, resumed[1].rows) == (undisturbed[1].traceback, [])
    for k in (0, 2):
        assert_same_training(resumed[k], undisturbed[k])


def test_one_that_ended_the_process_is_left_out_from_the_checkpoint_on(whole, tmp_path):
    with pytest.raises(KilledError):
        rewards = (goal_reward, KilledIn(watched(far_reward), 2 * TRAINING.horizon + 5), costly_reward)
        train_points_together(tmp_path, rewards, settings={"checkpoint_s": OFTEN})
    found = train_points_together(tmp_path, failed={2: "the reward ended its process"})
    assert (found[1].status, found[1].traceback) == ("failed", "the reward ended its process")
    assert found[1].policy is None and len(found[1].rows) == 2
    for k in (0, 2):
        assert_same_training(found[k], whole[k])


def test_the_files_are_those_of_a_training_on_its_own(tmp_path, capsys):
    trained = train_points_together(tmp_path, meta={"robot": "points"})
    assert "points: 100 %  step 0.01M of 0.01M  3 x " in capsys.readouterr().out
    for k, one in enumerate(trained, start=1):
        write_training(one, tmp_path / f"{k}.pth", tmp_path / f"{k}.json", tmp_path / f"{k}.csv", {})
        policy = load_policy(tmp_path / f"{k}.pth")
        observation = torch.randn(5, 4)
        assert torch.equal(policy(observation), one.policy(observation))
        assert policy.meta["robot"] == "points" and policy.meta["observation_names"][0] == "offset.x"
        assert list((tmp_path / str(k) / EVENTS / "summaries").glob("events*"))
    with (tmp_path / "2.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert "reward/far" in rows[0] and "reward/near" not in rows[0]
    assert [int(row["step"]) for row in rows] == [BATCH * (i + 1) for i in range(EPOCHS)]
    record = read_json(tmp_path / "2.json")
    assert (record["status"], record["steps"], record["seed"]) == ("ok", EPOCHS * BATCH, 12)
    trained[0].forget_checkpoint()


# --- the real robot


@pytest.fixture
def train_robots(robot_folder, made_reference):
    """Train candidates on a few real robots each, in a work folder."""
    from video2reward.sim.locomotion import make_env

    robot = load_robot(robot_folder / "robot.yaml")
    training = Training(num_envs=16, horizon=16, minibatches=4, mini_epochs=2, checkpoint_s=OFTEN)

    def run(work, rewards, seeds, killed_in=None):
        guarded = [
            GuardedReward(compile_reward(ROOT / "resources" / "rewards" / f"{name}.py")) for name in rewards
        ]
        if killed_in is not None:
            guarded[0] = KilledIn(guarded[0], killed_in)
        sliced = SlicedReward(guarded)
        task = Task(
            episode_s=0.6, start_speed=0.5, reference_starts=0.5
        )  # all kinds of starts, all the while
        agents = training.num_envs * len(seeds)
        env = make_env(
            "mujoco", robot, robot_folder / robot.mjcf, task, made_reference, sliced, agents, seeds
        )
        members = [Member(seed, f"candidate {seed}", seed, Beginning(), work / str(seed)) for seed in seeds]
        try:
            return train_together(
                env, sliced, training, members, work=work, steps=5 * 16 * 16, label="robots"
            )
        finally:
            env.close()

    return run


def test_a_slice_of_robots_learns_as_it_would_alone_and_after_a_kill(train_robots, tmp_path):
    rewards, seeds = ("human_velocity", "tracking", "sparse_velocity"), (7, 8, 9)
    with pytest.raises(KilledError):
        train_robots(tmp_path / "all", rewards, seeds, killed_in=3 * 16 + 5)
    together = train_robots(tmp_path / "all", rewards, seeds)
    assert sum(row["terminated_fraction"] for row in together[1].rows) > 0.1
    for name, seed, one in zip(rewards, seeds, together, strict=True):
        (alone,) = train_robots(tmp_path / name, [name], [seed])
        assert_same_training(one, alone)
