"""Candidates whose agents keep falling are ended early; slow learners and those that merely stand are not."""

import pytest
from tests.unit.policy.pointmass import TRAINING, PointMassEnv, train_points
from tests.unit.policy.test_resume import OFTEN, KilledError, KilledIn, assert_same

from video2reward.artifacts.io import read_json
from video2reward.policy.early_stop import EarlyStop
from video2reward.policy.records import write_training

EPOCHS = 100
RULE = EarlyStop(steps=1000 * EPOCHS, episode_s=10.0, rollout_s=0.5)
BATCH = TRAINING.num_envs * TRAINING.horizon


def ends(falls_per_s, rule=RULE):
    """Feed a curve of falls per agent and second epoch by epoch -> (epoch of the stop or None, why)."""
    rows = []
    for epoch, falls in enumerate(falls_per_s, start=1):
        rows.append({"step": rule.steps * epoch // len(falls_per_s), "terminated_fraction": 0.5 * falls})
        if why := rule(rows):
            return epoch, why
    return None, ""


def test_agents_that_keep_falling_are_ended_at_half_of_the_budget():
    epoch, why = ends([0.8] * EPOCHS)
    assert epoch == EPOCHS // 2
    assert why == (
        "after 50% of the steps an agent falls every 1.2 s on average, within 0.25 of an episode of 10 s, and "
        "hardly less often than before (every 1.2 s)"
    )


def test_a_reward_that_unlearns_to_stand_is_ended_when_it_does():
    assert ends([0.0] * 60 + [2.0] * 40)[0] in range(62, 72)


@pytest.mark.parametrize(
    "falls",
    [
        [
            2.0 * 0.985**epoch for epoch in range(EPOCHS)
        ],  # learns slowly: at the end as often as a walker never
        [0.0] * EPOCHS,  # stands, or walks
        [0.39] * EPOCHS,  # falls after a quarter of an episode
        [0.8] * 45 + [0.1] * 55,  # learned it late
        [0.8] * 20,  # too few epochs to tell
    ],
    ids=["slow", "standing", "seldom", "late", "short"],
)
def test_others_go_on(falls):
    assert ends(falls) == (None, "")


def leave(signals):
    """Punish every step, and least near the edge, so that the point masses learn to fall out of their field."""
    inside = 3 - signals["offset"].norm(dim=-1)
    return -inside, {"inside": -inside}


def train_leavers(work, reward=leave, **settings):
    steps = 60 * BATCH  # an episode of 10 s, so that leaving within 2.5 s counts
    stop = EarlyStop(steps, episode_s=10.0, rollout_s=TRAINING.horizon * PointMassEnv().dt)
    return train_points(work, steps, reward=reward, stop=stop, settings={"sigma0": 1.0, **settings})


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    return train_leavers(tmp_path_factory.mktemp("stopped"))


def test_a_stopped_training_is_judged_as_it_is(stopped, tmp_path):
    assert stopped.status == "ok" and stopped.policy is not None
    assert 0.5 <= stopped.steps / (60 * BATCH) < 0.6
    write_training(stopped, tmp_path / "p.pth", tmp_path / "t.json", tmp_path / "t.csv", {})
    record = read_json(tmp_path / "t.json")
    assert record["status"] == "ok" and record["stopped_early"] == stopped.stopped_early
    assert "an agent falls every" in record["stopped_early"]


@pytest.mark.parametrize("epoch", [10, 29])
def test_a_killed_training_ends_at_the_same_epoch(stopped, tmp_path, epoch, capsys):
    with pytest.raises(KilledError):
        train_leavers(tmp_path, reward=KilledIn(leave, epoch * TRAINING.horizon + 5), checkpoint_s=OFTEN)
    resumed = train_leavers(tmp_path, checkpoint_s=OFTEN)
    assert "goes on at step" in (told := capsys.readouterr().out)
    assert f"stopped early: {stopped.stopped_early}" in told
    assert_same(resumed, stopped)
    assert resumed.stopped_early == stopped.stopped_early
