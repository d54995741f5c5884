"""Adam for K policies side by side, each at its own learning rate, which follows its KL divergence."""

from __future__ import annotations

from typing import Any

import torch
from rl_games.common.schedulers import AdaptiveScheduler
from torch import Tensor

from video2reward.policy.parameters import GRADIENT_NORM
from video2reward.settings.training import Training

# As rl-games has it: torch's defaults.
_MEMORY, _SQUARE_MEMORY, _EPSILON = 0.9, 0.999, 1e-8


class Adam:
    """The optimiser of (K, P) numbers; rates: (K, 1), float64."""

    def __init__(self, numbers: Tensor, training: Training) -> None:
        """Start at `training.learning_rate`."""
        self._numbers, self._threshold = numbers, training.kl_threshold
        self.rates = numbers.new_full((len(numbers), 1), training.learning_rate, dtype=torch.float64)
        self._momentum = torch.zeros_like(numbers)
        self._squares = torch.zeros_like(numbers)
        self._taken = 0
        limits = AdaptiveScheduler(training.kl_threshold)
        self._slowest, self._fastest = limits.min_lr, limits.max_lr

    def descend(self, gradient: Tensor) -> None:
        """Clip each policy's gradient to GRADIENT_NORM and take a step; `gradient` (K, P) is overwritten."""
        gradient.mul_((GRADIENT_NORM / (gradient.norm(dim=1, keepdim=True) + 1e-6)).clamp_(max=1.0))
        self._taken += 1
        self._momentum.lerp_(gradient, 1 - _MEMORY)
        self._squares.mul_(_SQUARE_MEMORY).addcmul_(gradient, gradient, value=1 - _SQUARE_MEMORY)
        own, square = (1 - memory**self._taken for memory in (_MEMORY, _SQUARE_MEMORY))
        scale = torch.sqrt(self._squares, out=gradient).div_(square**0.5).add_(_EPSILON)
        pace = (-self.rates / own).float()
        self._numbers.addcdiv_(self._momentum * pace, scale)

    def adapt(self, kl: Tensor) -> None:
        """Slow a policy down that moved by more than twice the threshold, speed up one below half of it; kl: (K,)."""
        kl, rates = kl[:, None], self.rates
        rates = torch.where(kl > 2.0 * self._threshold, (rates / 1.5).clamp_(min=self._slowest), rates)
        faster = (rates * 1.5).clamp_(max=self._fastest)
        self.rates.copy_(torch.where(kl < 0.5 * self._threshold, faster, rates))

    def state(self) -> dict[str, Any]:
        """Return everything that later steps depend on, as copies."""
        return {"taken": self._taken, **{name: value.clone() for name, value in self._kept().items()}}

    def set_state(self, state: dict[str, Any]) -> None:
        """Set a `state()`."""
        self._taken = state["taken"]
        for name, value in self._kept().items():
            value.copy_(state[name])

    def _kept(self) -> dict[str, Tensor]:
        return {"rates": self.rates, "momentum": self._momentum, "squares": self._squares}
