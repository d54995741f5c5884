"""PPO for K policies of one size in step: each learns from its own agents as if it were alone.

The mathematics is rl-games', operation by operation: tests/unit/policy/together/test_learner.py holds one against the
other. Nothing of a policy depends on another's numbers, so what became of a neighbour does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from rl_games.common.schedulers import AdaptiveScheduler
from torch import Tensor

from video2reward.policy.agent import GRADIENT_NORM
from video2reward.policy.network import Policy
from video2reward.policy.together.losses import Batch, negative_log_probability, slopes
from video2reward.policy.together.networks import Networks
from video2reward.policy.together.normalisers import Normalisers
from video2reward.policy.together.rollout import Experience, advantages
from video2reward.settings.training import Training

# Adam as rl-games has it: torch's defaults.
_MEMORY, _SQUARE_MEMORY, _ADAM_EPSILON = 0.9, 0.999, 1e-8


@dataclass(frozen=True)
class Update:
    """What an update did to each policy, (K,): KL divergence and losses, means over the gradient steps."""

    kl: Tensor
    actor: Tensor
    critic: Tensor


@dataclass(frozen=True)
class Seen:
    """A minibatch's observations (K, B, O), unnormalised, with their variance and mean (K, O)."""

    observations: Tensor
    variance: Tensor
    mean: Tensor


class Learner:
    """K policies, their optimisers and the rollout that they learn from."""

    def __init__(self, policies: Sequence[Policy], training: Training, agents: int, device: str) -> None:
        """Start from these policies; `agents` per policy."""
        first, count = policies[0], len(policies)
        self.training = training
        self.agents = agents
        sizes = first.num_observations, first.num_actions
        self.networks = Networks(count, *sizes, first.units, device)
        self.observed = Normalisers(count, sizes[0], device)
        self.valued = Normalisers(count, 1, device)
        for i, policy in enumerate(policies):
            self.networks.set_policy(i, policy)
            self.observed.set_one(i, policy.mean, policy.variance, policy.count)
        self.steps = Experience.empty((count, agents, training.horizon), *sizes, device)
        self.rates = torch.full((count, 1), training.learning_rate, dtype=torch.float64, device=device)
        self._momentum = torch.zeros_like(self.networks.numbers)
        self._squares = torch.zeros_like(self.networks.numbers)
        self._taken = 0  # gradient steps
        limits = AdaptiveScheduler(training.kl_threshold)
        self._slowest, self._fastest = limits.min_lr, limits.max_lr

    def act(self, t: int, observations: Tensor, noise: Tensor) -> Tensor:
        """Return actions (K, N, D), unclipped, and keep step `t`; observations (K, N, O), noise (K, N, D) standard normal."""
        heads = self._forward(observations)
        mean, log_std = heads[..., :-1], self.networks.log_std
        actions = torch.addcmul(mean, noise, log_std.exp()[:, None])
        off = (actions - mean).div_(log_std.exp()[:, None])
        steps = self.steps
        steps.observations[:, :, t] = observations
        steps.actions[:, :, t] = actions
        steps.means[:, :, t] = mean
        steps.neglogp[:, :, t] = negative_log_probability(off, log_std)
        steps.values[:, :, t] = self.valued.restore(heads[..., -1:])[..., 0]
        return actions

    def receive(self, t: int, rewards: Tensor, ended: Tensor, timed_out: Tensor) -> None:
        """Keep what step `t` led to, each (K, N); where time ran out, the state's value stands for what was to come."""
        steps = self.steps
        steps.rewards[:, :, t] = rewards + self.training.gamma * steps.values[:, :, t] * timed_out
        steps.ended[:, :, t] = ended.float()

    def update(self, observations: Tensor) -> Update:
        """Learn from the rollout; observations: (K, N, O) after its last step."""
        batches = self._minibatches(self.valued.restore(self._forward(observations)[..., -1:])[..., 0])
        found: list[tuple[Tensor, Tensor, Tensor]] = []
        for _ in range(self.training.mini_epochs):
            before = len(found)
            found += [self._step(*batch) for batch in batches]
            self._adapt(torch.stack([kl for kl, _, _ in found[before:]]).mean(0))
        kl, actor, critic = (torch.stack(part).mean(0) for part in zip(*found, strict=True))
        return Update(kl, actor, critic)

    def policy(self, index: int, meta: dict[str, Any]) -> Policy:
        """Return one policy as it is now."""
        policy = self.networks.get_policy(index, meta)
        policy.mean, policy.variance, policy.count = self.observed.get_one(index)
        policy.value_mean, policy.value_variance, _ = self.valued.get_one(index)
        return policy

    def finite(self) -> Tensor:
        """Return (K,) bool: all weights are finite."""
        return torch.isfinite(self.networks.numbers).all(1)

    def state(self) -> dict[str, Any]:
        """Return everything that later updates depend on, as copies."""
        tensors = {name: value.clone() for name, value in self._kept().items()}
        parts = {"observed": self.observed.state(), "valued": self.valued.state()}
        return {"tensors": tensors, "taken": self._taken, **parts}

    def set_state(self, state: dict[str, Any]) -> None:
        """Set a `state()` of an identically built learner."""
        for name, value in self._kept().items():
            value.copy_(state["tensors"][name])
        self._taken = state["taken"]
        self.observed.set_state(state["observed"])
        self.valued.set_state(state["valued"])

    def _kept(self) -> dict[str, Tensor]:
        names = {"numbers": self.networks.numbers, "momentum": self._momentum, "squares": self._squares}
        return names | {"rates": self.rates}

    def _forward(self, observations: Tensor) -> Tensor:
        run = self.networks.room(observations.shape[1])
        self.observed.normalise(observations, out=run.inputs[0])
        return self.networks.forward(run)

    def _targets(self, last_values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return advantages, values and returns of the rollout (K, N T), all normalised."""
        training, steps = self.training, self.steps
        gains = advantages(steps, last_values, training.gamma, training.gae_lambda)
        values = steps.flat("values")
        returns = gains.flatten(1) + values
        gains = returns - values
        gains = (gains - gains.mean(1, keepdim=True)) / (gains.std(1, keepdim=True) + 1e-8)
        scaled = []
        for part in (values, returns):  # in this order, each after the statistics have taken it in
            self.valued.take(part[..., None])
            scaled.append(self.valued.normalise(part[..., None])[..., 0])
        return gains, scaled[0], scaled[1]

    def _minibatches(self, last_values: Tensor) -> list[tuple[Batch, Seen]]:
        """Return the rollout cut into minibatches, agent by agent."""
        steps, targets = self.steps, self._targets(last_values)
        rows = targets[0].shape[1] // self.training.minibatches
        parts = [steps.flat(name) for name in ("actions", "means", "neglogp")] + list(targets)
        spread = self.networks.log_std.exp()
        batches = [
            Batch(actions, mean, spread.clone(), *rest)
            for actions, mean, *rest in zip(*(part.split(rows, 1) for part in parts), strict=True)
        ]
        return [
            (batch, Seen(raw, *torch.var_mean(raw, dim=1, correction=0)))
            for batch, raw in zip(batches, steps.flat("observations").split(rows, 1), strict=True)
        ]

    def _step(self, batch: Batch, seen: Seen) -> tuple[Tensor, Tensor, Tensor]:
        """Take one gradient step -> KL divergence, losses; the batch's mean and spread become those of now."""
        networks, rows = self.networks, seen.observations.shape[1]
        # rl-games takes a minibatch into the statistics at each pass over it, and normalises with the result.
        self.observed.update(seen.mean, seen.variance, rows)
        heads = self._forward(seen.observations)
        slope = slopes(heads, networks.log_std, batch, self.training)
        networks.backward(networks.room(rows), slope.heads)
        networks.log_std_gradient.copy_(slope.log_std)
        batch.mean.copy_(heads[..., :-1])
        batch.spread.copy_(networks.log_std.exp())
        self._descend()
        return slope.kl, slope.actor, slope.critic

    def _descend(self) -> None:
        """Clip each policy's gradient to GRADIENT_NORM and take an Adam step at its own rate."""
        gradient = self.networks.gradient
        gradient.mul_((GRADIENT_NORM / (gradient.norm(dim=1, keepdim=True) + 1e-6)).clamp_(max=1.0))
        self._taken += 1
        self._momentum.lerp_(gradient, 1 - _MEMORY)
        self._squares.mul_(_SQUARE_MEMORY).addcmul_(gradient, gradient, value=1 - _SQUARE_MEMORY)
        own, square = (1 - memory**self._taken for memory in (_MEMORY, _SQUARE_MEMORY))
        scale = torch.sqrt(self._squares, out=gradient).div_(square**0.5).add_(_ADAM_EPSILON)
        pace = (-self.rates / own).float()
        self.networks.numbers.addcdiv_(self._momentum * pace, scale)

    def _adapt(self, kl: Tensor) -> None:
        """Slow a policy down that moved by more than twice the threshold, speed up one below half of it."""
        kl, rates, threshold = kl[:, None], self.rates, self.training.kl_threshold
        rates = torch.where(kl > 2.0 * threshold, (rates / 1.5).clamp_(min=self._slowest), rates)
        self.rates.copy_(torch.where(kl < 0.5 * threshold, (rates * 1.5).clamp_(max=self._fastest), rates))
