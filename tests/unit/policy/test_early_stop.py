"""Candidates whose agents keep falling are ended early; slow learners and those that merely stand are not."""

import pytest
from tests.unit.policy.pointmass import TRAINING, PointMassEnv, train_points
from tests.unit.policy.test_resume import OFTEN, KilledError, KilledIn, assert_same

from video2reward.artifacts.io import read_json
from video2reward.policy.early_stop import EarlyStop
from video2reward.policy.training_record import write_training

EPOCHS = 100
RULE = EarlyStop(steps=1000 * EPOCHS, episode_s=10.0, rollout_s=0.5)
BATCH = TRAINING.num_envs * TRAINING.horizon


def ends(falls_per_s, success=None):
    """Feed curves of falls per agent and second, and of success, epoch by epoch -> (epoch of the stop or None, why)."""
    rows = []
    success = success or [-0.5] * len(falls_per_s)
    for epoch, (falls, reached) in enumerate(zip(falls_per_s, success, strict=True), start=1):
        step = RULE.steps * epoch // len(falls_per_s)
        rows.append({"step": step, "terminated_fraction": 0.5 * falls, "success": reached})
        if why := RULE(rows):
            return epoch, why
    return None, ""


def test_agents_that_keep_falling_are_ended_at_two_fifths_of_the_budget():
    epoch, why = ends([0.8] * EPOCHS)
    assert epoch == 2 * EPOCHS // 5
    assert why == (
        "after 40% of the steps an agent falls every 1.2 s on average, in episodes of 10 s, a quarter of the budget "
        "before it fell every 1.2 s; success went from -0.5 to -0.5"
    )


def test_a_reward_that_unlearns_to_stand_is_ended_when_it_does():
    epoch, why = ends([0.0] * 60 + [2.0] * 40)
    assert epoch in range(62, 72) and "it fell not at all" in why


@pytest.mark.parametrize(
    ("falls", "success"),
    [
        ([2.0 * 0.985**epoch for epoch in range(EPOCHS)], None),
        ([0.8] * EPOCHS, [-1 / epoch for epoch in range(1, EPOCHS + 1)]),
        ([0.0] * EPOCHS, None),
        ([0.39] * EPOCHS, None),
        ([0.8] * 35 + [0.1] * 65, None),
        ([0.8] * 20, None),
    ],
    ids=["learns slowly", "falls, but gets better", "stands", "falls seldom", "learned late", "few epochs"],
)
def test_others_go_on(falls, success):
    assert ends(falls, success) == (None, "")


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
    assert 0.4 <= stopped.steps / (60 * BATCH) < 0.6
    write_training(stopped, tmp_path / "p.pth", tmp_path / "t.json", tmp_path / "t.csv", {})
    record = read_json(tmp_path / "t.json")
    assert record["status"] == "ok" and record["stopped_early"] == stopped.stopped_early
    assert "an agent falls every" in record["stopped_early"]


@pytest.mark.slow
@pytest.mark.parametrize("epoch", [10, 23])
def test_a_killed_training_ends_at_the_same_epoch(stopped, tmp_path, epoch, capsys):
    with pytest.raises(KilledError):
        train_leavers(tmp_path, reward=KilledIn(leave, epoch * TRAINING.horizon + 5), checkpoint_s=OFTEN)
    resumed = train_leavers(tmp_path, checkpoint_s=OFTEN)
    assert "resuming at step" in (told := capsys.readouterr().out)
    assert f"stopped early: {stopped.stopped_early}" in told
    assert_same(resumed, stopped)
    assert resumed.stopped_early == stopped.stopped_early
