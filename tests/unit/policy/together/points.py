"""Rounds of candidates that steer point masses: small enough to train several at once in a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from tests.unit.policy.pointmass import TRAINING, PointMassEnv, goal_reward
from tests.unit.policy.test_resume import KilledIn

from video2reward.policy.beginning import Beginning
from video2reward.policy.failure import GuardedReward
from video2reward.policy.together.members import Member
from video2reward.policy.together.rewards import SlicedReward
from video2reward.policy.together.train import train_together
from video2reward.policy.train import Trained

BATCH = TRAINING.num_envs * TRAINING.horizon
EPOCHS = 6


def far_reward(signals):
    """Being far from the goal is rewarded, under a name of its own."""
    far = signals["offset"].square().sum(-1).clamp(max=4.0)
    return far, {"far": far}


def costly_reward(signals):
    """All that is done costs; never positive."""
    cost = -signals["actions"].square().sum(-1)
    return cost, {"cost": cost}


REWARDS = (goal_reward, far_reward, costly_reward)


def watched(reward: Callable) -> GuardedReward:
    """The reward as a training holds it to its word; it takes the signals of point masses."""
    if isinstance(reward, KilledIn):  # stands for the process, which no guard holds
        return reward
    guarded = GuardedReward(reward)
    guarded.needed = ("offset", "velocity", "actions")
    return guarded


def train_points_together(
    work: Path,
    rewards: Sequence[Callable] = REWARDS,
    numbers: Sequence[int] = (1, 2, 3),
    epochs: int = EPOCHS,
    guarded: bool = True,
    device: str = "cpu",
    make: type[PointMassEnv] = PointMassEnv,
    settings: Mapping[str, object] | None = None,
    **options: object,
) -> list[Trained]:
    """Train a round; numbers: of the candidates, which decide their seeds."""
    training = TRAINING.model_copy(update=settings or {})
    members = [Member(k, f"candidate {k}", 10 + k, Beginning(), work / str(k)) for k in numbers]
    sliced = SlicedReward([watched(one) if guarded else one for one in rewards])
    env = make(training.num_envs * len(members), [one.seed for one in members], sliced)
    env.device = device
    arguments = {"work": work, "steps": epochs * BATCH, "label": "points", **options}
    return train_together(env, sliced, training, members, **arguments)


def assert_same_training(one: Trained, other: Trained) -> None:
    """The same to the last bit, but for wall times."""
    assert (one.status, one.steps, one.stopped_early) == (other.status, other.steps, other.stopped_early)
    for row, same in zip(one.rows, other.rows, strict=True):
        assert {**row, "seconds": 0} == {**same, "seconds": 0}
    ours, theirs = one.policy.state_dict(), other.policy.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
