"""Several rewards as one: each sees its own agents, and its failure is its own."""

import pytest
import torch

from video2reward.policy.failure import GuardedReward
from video2reward.policy.together.rewards import SlicedReward

HEIGHT = torch.arange(6.0)


class Seeing:
    """A reward that keeps what it saw."""

    def __init__(self, *needed, reply=lambda signals: signals["base_height"]):
        self.needed, self.reply, self.seen = needed, reply, []

    def __call__(self, signals):
        self.seen.append(signals)
        total = self.reply(signals)
        return total, {"all": total}


def signals():
    return {
        "base_height": HEIGHT.clone(),
        "joint_pos": torch.ones(6, 12),
        "default_joint_pos": torch.ones(12),
        "dt": 0.02,
    }


def test_each_sees_its_own_agents_and_the_signals_that_it_takes():
    first, second = Seeing("base_height", "dt"), Seeing("base_height", "joint_pos")
    sliced = SlicedReward([first, None, second])
    assert set(sliced.needed) == {"base_height", "dt", "joint_pos"}
    total, components = sliced(signals())
    assert torch.equal(total, torch.tensor([0.0, 1.0, 0.0, 0.0, 4.0, 5.0])) and components == {}
    assert set(first.seen[0]) == {"base_height", "dt"} and first.seen[0]["dt"] == 0.02
    assert second.seen[0]["joint_pos"].shape == (2, 12)


def test_components_stay_apart():
    rewards = [
        lambda s: (s["base_height"], {"low": s["base_height"]}),
        lambda s: (s["base_height"], {"high": s["base_height"]}),
    ]
    sliced = SlicedReward(rewards)
    sliced({"base_height": HEIGHT})
    assert [list(one) for one in sliced.components] == [["low"], ["high"]]
    assert torch.equal(sliced.components[1]["high"], HEIGHT[3:])


@pytest.mark.parametrize("name", ["base_height", "default_joint_pos"])
def test_what_one_spoils_the_others_do_not_see(name):
    spoiling = Seeing("base_height", name, reply=lambda s: s[name].mul_(0.0).sum() + s["base_height"])
    honest = Seeing("base_height", name, reply=lambda s: s["base_height"])
    sliced = SlicedReward([GuardedReward(spoiling), GuardedReward(honest)])
    total, _ = sliced(signals())
    assert list(sliced.failures) == [0] and f"changes the simulator's {name} in place" in sliced.failures[0]
    assert torch.equal(total, torch.tensor([0.0, 0.0, 0.0, 3.0, 4.0, 5.0]))
    assert (honest.seen[0][name] > 0).all()
    sliced(signals())
    assert len(spoiling.seen) == 1  # a failed reward is not called again


def test_an_error_that_is_no_candidates_fault_is_not_one():
    with pytest.raises(KeyError):
        SlicedReward([Seeing(reply=lambda s: s["gone"])])(signals())
