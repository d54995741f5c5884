"""K candidates' rewards as one: each sees the signals of its own slice of the agents alone."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from video2reward.policy.failure import CandidateFailedError, in_full
from video2reward.policy.spot_check import count_agents, per_agent
from video2reward.signals import SIGNALS
from video2reward.sim.base import RewardFunction


class SlicedReward:
    """A reward over K equal slices of the agents; a candidate that fails costs only its own slice, which gets zero.

    needed: the signals that any of them takes; failures: slice -> traceback, of rewards that failed
    components: of each slice in the last call, name -> (N,); slices have different names
    """

    def __init__(self, rewards: Sequence[RewardFunction | None]) -> None:
        """Take a reward per slice, as a rule a `GuardedReward`; None for a slice that is not rewarded."""
        self._rewards = list(rewards)
        taken = {name for one in rewards if one is not None for name in getattr(one, "needed", SIGNALS)}
        self.needed = tuple(name for name in SIGNALS if name in taken)
        self.failures: dict[int, str] = {}
        self.components: list[dict[str, Tensor]] = [{} for _ in rewards]

    def drop(self, index: int) -> None:
        """Give a slice no reward from now on."""
        self._rewards[index] = None

    def __call__(self, signals: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the totals of all agents, and no components: `components` has them by slice."""
        agents = count_agents(signals) // len(self._rewards)
        totals: list[Tensor | None] = []
        for index, reward in enumerate(self._rewards):
            self.components[index], total = {}, None
            if reward is not None:
                part = _part(signals, slice(index * agents, (index + 1) * agents), reward)
                try:
                    total, self.components[index] = reward(part)
                except CandidateFailedError as error:
                    self.failures[index] = in_full(error)
                    self.drop(index)
            totals.append(total)
        device = next(value.device for value in signals.values() if isinstance(value, Tensor))
        nothing = torch.zeros(agents, device=device)
        return torch.cat([nothing if total is None else total for total in totals]), {}


def _part(signals: dict[str, Tensor], rows: slice, reward: RewardFunction) -> dict[str, Tensor]:
    """Return what a slice's reward may see; what all agents share is copied, so that no reward can spoil it."""
    names = getattr(reward, "needed", signals)
    return {
        name: signals[name][rows]
        if per_agent(name, signals[name])
        else signals[name].clone()
        if isinstance(signals[name], Tensor)
        else signals[name]
        for name in names
    }
