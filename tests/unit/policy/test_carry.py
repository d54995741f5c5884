"""A training that goes on in another job ends as one that was never stopped: same weights, same curves, bit for bit."""

import pytest
from tests.unit.policy.pointmass import TRAINING
from tests.unit.policy.test_resume import BATCH, KilledError, KilledIn, assert_same, noisy, points
from tests.unit.policy.together.points import REWARDS, assert_same_training, train_points_together

from video2reward.errors import UserError
from video2reward.policy.beginning import Beginning
from video2reward.policy.carry import EVERY_EPOCH, go_on, last_state, read_state, write_state
from video2reward.policy.checkpoint import Checkpoint, identity_of
from video2reward.policy.together.parting import joined_states, state_of_one

WHOLE, EVERY = 8, {"checkpoint_s": EVERY_EPOCH}


def part(folder, epochs, state=None, reward=noisy):
    """Train point masses up to an epoch from a state, or from the beginning -> the training, the state it leaves."""
    steps = epochs * BATCH
    training = TRAINING.model_copy(update=EVERY)
    own = Checkpoint(folder, identity_of(training, None, 1, steps, Beginning().digest, training.num_envs))
    go_on(own, state)
    trained = points(folder, reward=reward, settings=EVERY, steps=steps)
    write_state(folder / "state", last_state(trained.checkpoint))
    return trained, read_state(folder / "state")


@pytest.mark.parametrize("ends", [(3,), (1,), (2, 5), (1, 2)])
def test_in_parts_it_learns_as_in_one(tmp_path, capsys, ends):
    state = None
    for end in ends:
        trained, state = part(tmp_path / str(end), end, state)
        assert trained.steps == end * BATCH
    capsys.readouterr()
    trained, _ = part(tmp_path / "last", WHOLE, state)
    resumed = f"resuming at step {(ends[-1] - 1) * BATCH:,}" in capsys.readouterr().out
    assert resumed == (ends[-1] > 1)  # a part of one epoch leaves nothing to go on from
    assert_same(trained, points(tmp_path / "whole"))


def test_after_a_kill_its_own_checkpoint_comes_first(tmp_path, capsys):
    _, state = part(tmp_path / "first", 3)
    with pytest.raises(KilledError):
        part(tmp_path / "last", WHOLE, state, KilledIn(noisy, 3 * TRAINING.horizon + 2))
    capsys.readouterr()
    trained, _ = part(tmp_path / "last", WHOLE, state)
    assert f"resuming at step {5 * BATCH:,}" in capsys.readouterr().out
    assert_same(trained, points(tmp_path / "whole"))


def test_a_damaged_state_is_said_to_be(tmp_path):
    _, state = part(tmp_path, 3)
    write_state(tmp_path / "state", state)
    (tmp_path / "state").write_bytes((tmp_path / "state").read_bytes()[:1000])
    with pytest.raises(UserError, match="state is damaged"):
        read_state(tmp_path / "state")


@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
def test_those_of_a_round_that_go_on_learn_as_if_all_did(tmp_path, device):
    """Of three in one process two go on, then one; `cpu:0` is trained in one batch, as on a GPU."""
    training = TRAINING.model_copy(update=EVERY)
    states = {}
    for end, numbers in ((2, (1, 2, 3)), (4, (1, 3)), (6, (3,))):
        work = tmp_path / str(end)
        if states:
            own = [[10 + k, Beginning().digest] for k in numbers]
            key = identity_of(training, None, own, end * BATCH, training.num_envs)
            go_on(Checkpoint(work, key), joined_states([states[k] for k in numbers], device != "cpu"))
        rewards = [REWARDS[k - 1] for k in numbers]
        found = train_points_together(work, rewards, numbers, end, device=device, settings=EVERY)
        state = last_state(found[0].checkpoint)
        states = {k: state_of_one(state, index) for index, k in enumerate(numbers)}
    whole = train_points_together(tmp_path / "whole", device=device)
    if device == "cpu":
        assert_same_training(found[0], whole[2])
    else:  # sums over fewer policies may come in another order
        for row, other in zip(found[0].rows, whole[2].rows, strict=True):
            assert row["reward"] == pytest.approx(other["reward"], rel=1e-3, abs=1e-4)


def test_members_of_one_round_are_after_the_same_epoch(tmp_path):
    short, long = (
        state_of_one(
            last_state(train_points_together(tmp_path / str(n), epochs=n, settings=EVERY)[0].checkpoint), 0
        )
        for n in (2, 3)
    )
    with pytest.raises(ValueError, match=r"after \[1, 2\]"):
        joined_states([short, long], False)
