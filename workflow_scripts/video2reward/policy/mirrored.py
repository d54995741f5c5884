"""rl-games' PPO agent that learns from each rollout and from its mirror image."""

from __future__ import annotations

from typing import Any

import torch
from rl_games.algos_torch.a2c_continuous import A2CAgent
from rl_games.common.datasets import PPODataset
from torch import Tensor

from video2reward.sim.base import Mirror


class MirroredAgent(A2CAgent):
    """Doubles each rollout by mirrored observations and actions, which have the same advantages and returns.

    An image's old probability is the original's (Mittal et al. 2024, Symmetry considerations for learning task symmetric
    robot policies): the ratio of an image that the policy would not do itself is small, so that good ones are drawn near
    and bad ones clipped. With the policy's own, two sides that differ would improve side by side and never meet.
    """

    def use(self, mirror: Mirror) -> None:
        """Mirror rollouts from now on; minibatches are twice as large."""
        self.mirror = mirror
        self.dataset = PPODataset(
            2 * self.batch_size, 2 * self.minibatch_size, False, False, self.ppo_device, self.seq_length
        )
        if self.has_central_value:
            critic = self.central_value_net
            critic.dataset = PPODataset(
                2 * critic.batch_size,
                2 * critic.minibatch_size,
                True,
                False,
                self.ppo_device,
                self.seq_length,
            )

    def prepare_dataset(self, batch_dict: dict[str, Any]) -> None:
        """Add the mirror images before advantages and returns are normalised."""
        image = dict(batch_dict)
        image["obses"] = self.mirror.observation(batch_dict["obses"])
        image["actions"] = self.mirror.actions(batch_dict["actions"])
        if self.mirror.privileged is not None:
            image["states"] = self.mirror.privileged(batch_dict["states"])
        image |= self._distribution(image["obses"], image["actions"])
        super().prepare_dataset(
            {
                name: self._interleaved(value, image[name]) if isinstance(value, Tensor) else value
                for name, value in batch_dict.items()
            }
        )

    def _distribution(self, observations: Tensor, actions: Tensor) -> dict[str, Tensor]:
        """Return the current policy's mus and sigmas (B, D), from which the update's KL divergence is measured."""
        before = self.model.training
        self.model.eval()  # as in the rollout: the normalisers see each observation once, in the update
        with torch.no_grad():
            found = self.model({"is_train": True, "prev_actions": actions, "obs": observations})
        self.model.train(before)
        return {"mus": found["mus"], "sigmas": found["sigmas"]}

    def _interleaved(self, values: Tensor, images: Tensor) -> Tensor:
        """Join (B, ...) twice so that every minibatch holds steps with their own images."""
        pieces = zip(values.split(self.minibatch_size), images.split(self.minibatch_size), strict=True)
        return torch.cat([half for pair in pieces for half in pair])
