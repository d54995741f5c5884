"""What K policies' agents went through between two updates, and the advantages that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Experience:
    """One rollout of T steps of N agents per policy; agent by agent in memory, as rl-games cuts its minibatches.

    observations: (K, N, T, O), unnormalised; actions, means: (K, N, T, D), unclipped
    neglogp, values, rewards: (K, N, T), in the reward's unit; rewards include the value where time ran out
    ended: (K, N, T) 1 where the step ended its agent's episode
    """

    observations: Tensor
    actions: Tensor
    means: Tensor
    neglogp: Tensor
    values: Tensor
    rewards: Tensor
    ended: Tensor

    @classmethod
    def empty(cls, shape: tuple[int, int, int], observations: int, actions: int, device: str) -> Experience:
        """Return room for (K, N, T) steps."""

        def room(*more: int) -> Tensor:
            return torch.zeros(*shape, *more, device=device)

        return cls(room(observations), room(actions), room(actions), room(), room(), room(), room())

    def flat(self, name: str) -> Tensor:
        """Return a field with agents and steps as one axis, (K, N T, ...)."""
        value: Any = getattr(self, name)
        return torch.flatten(value, 1, 2)


def advantages(steps: Experience, last_values: Tensor, gamma: float, gae_lambda: float) -> Tensor:
    """Return generalised advantage estimates (K, N, T); last_values: (K, N) of the state after the last step."""
    going = 1.0 - steps.ended
    following = torch.cat([steps.values[..., 1:], last_values[..., None]], dim=2)
    errors = steps.rewards + gamma * following * going - steps.values
    decay = (gamma * gae_lambda * going).unbind(2)
    found = list(errors.unbind(2))
    for t in reversed(range(len(found) - 1)):
        found[t] = found[t] + decay[t] * found[t + 1]
    return torch.stack(found, dim=2)
