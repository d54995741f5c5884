"""PPO for K policies of one size in step: each learns from its own agents as if it were alone.

The mathematics is rl-games', operation by operation: tests/unit/policy/together/test_learner.py holds one against the
other. Nothing of a policy depends on another's numbers, so what became of a neighbour does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from video2reward.policy.network import Policy
from video2reward.policy.together.adam import Adam
from video2reward.policy.together.losses import Batch, negative_log_probability, slopes
from video2reward.policy.together.networks import Networks
from video2reward.policy.together.normalisers import Normalisers
from video2reward.policy.together.rollout import Experience, advantages
from video2reward.settings.training import Training
from video2reward.sim.base import Mirror


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

    def __init__(
        self,
        policies: Sequence[Policy],
        training: Training,
        agents: int,
        device: str,
        mirror: Mirror | None = None,
    ) -> None:
        """Start from these policies; `agents` per policy; with a `mirror`, learn from images as `MirroredAgent` does."""
        first, count = policies[0], len(policies)
        self.training = training
        self._mirror = mirror
        self.agents = agents
        sizes = first.num_observations, first.num_actions
        self.networks = Networks(count, *sizes, first.units, device)
        self.observed = Normalisers(count, sizes[0], device)
        self.valued = Normalisers(count, 1, device)
        for i, policy in enumerate(policies):
            self.networks.set_policy(i, policy)
            self.observed.set_one(i, policy.mean, policy.variance, policy.count)
        self.steps = Experience.empty((count, agents, training.horizon), *sizes, device)
        self._adam = Adam(self.networks.numbers, training)

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
            self._adam.adapt(torch.stack([kl for kl, _, _ in found[before:]]).mean(0))
        kl, actor, critic = (torch.stack(part).mean(0) for part in zip(*found, strict=True))
        return Update(kl, actor, critic)

    def policy(self, index: int, meta: dict[str, Any]) -> Policy:
        """Return one policy as it is now."""
        policy = self.networks.get_policy(index, meta)
        policy.mean, policy.variance, policy.count = self.observed.get_one(index)
        policy.value_mean, policy.value_variance, _ = self.valued.get_one(index)
        return policy

    @property
    def rates(self) -> Tensor:
        """The learning rates (K, 1)."""
        return self._adam.rates

    def finite(self) -> Tensor:
        """Return (K,) bool: all weights are finite."""
        return torch.isfinite(self.networks.numbers).all(1)

    def state(self) -> dict[str, Any]:
        """Return everything that later updates depend on, as copies."""
        return {
            "numbers": self.networks.numbers.clone(),
            "observed": self.observed.state(),
            "valued": self.valued.state(),
            "adam": self._adam.state(),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Set a `state()` of an identically built learner."""
        self.networks.numbers.copy_(state["numbers"])
        self.observed.set_state(state["observed"])
        self.valued.set_state(state["valued"])
        self._adam.set_state(state["adam"])

    def _forward(self, observations: Tensor) -> Tensor:
        run = self.networks.room(observations.shape[1])
        self.observed.normalise(observations, out=run.inputs[0])
        return self.networks.forward(run)

    def _targets(self, last_values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return advantages, values and returns of the rollout, all normalised: (K, N T), with a mirror (K, 2 N T)."""
        training, steps = self.training, self.steps
        sides = 1 if self._mirror is None else 2
        gains = (
            advantages(steps, last_values, training.gamma, training.gae_lambda).flatten(1).repeat(1, sides)
        )
        values = steps.flat("values").repeat(1, sides)
        returns = gains + values
        gains = returns - values
        gains = (gains - gains.mean(1, keepdim=True)) / (gains.std(1, keepdim=True) + 1e-8)
        scaled = []
        for part in (values, returns):  # in this order, each after the statistics have taken it in
            self.valued.take(part[..., None])
            scaled.append(self.valued.normalise(part[..., None])[..., 0])
        return gains, scaled[0], scaled[1]

    def _minibatches(self, last_values: Tensor) -> list[tuple[Batch, Seen]]:
        """Return the rollout cut into minibatches, agent by agent, each with its mirror image if there is a mirror."""
        steps, targets = self.steps, self._targets(last_values)
        parts = [steps.flat(name) for name in ("observations", "actions", "means", "neglogp")]
        count = parts[0].shape[1]
        parts += [target[:, :count] for target in targets]
        cut = zip(*(part.split(count // self.training.minibatches, 1) for part in parts), strict=True)
        spread, batches = self.networks.log_std.exp(), []
        for observations, actions, means, *rest in cut:
            if self._mirror is not None:
                image = self._mirror.observation(observations)
                observations = torch.cat([observations, image], 1)
                actions = torch.cat([actions, self._mirror.actions(actions)], 1)
                means = torch.cat([means, self._forward(image)[..., :-1]], 1)
                rest = [part.repeat(1, 2) for part in rest]
            seen = Seen(observations, *torch.var_mean(observations, dim=1, correction=0))
            batches.append((Batch(actions, means, spread.clone(), *rest), seen))
        return batches

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
        self._adam.descend(networks.gradient)
        return slope.kl, slope.actor, slope.critic
