"""Running means and variances of K policies side by side, as rl-games' RunningMeanStd keeps them."""

from __future__ import annotations

import torch
from torch import Tensor

from video2reward.policy.network import CLIP, EPSILON


class Normalisers:
    """One running mean and variance per policy and column; float64, so that a long training loses nothing.

    mean, variance: (K, C); count: (K, 1) values seen
    """

    def __init__(self, policies: int, columns: int, device: str) -> None:
        """Start at mean 0, variance 1 and a count of 1."""
        self.mean = torch.zeros(policies, columns, dtype=torch.float64, device=device)
        self.variance = torch.ones_like(self.mean)
        self.count = torch.ones(policies, 1, dtype=torch.float64, device=device)

    def update(self, mean: Tensor, variance: Tensor, count: int) -> None:
        """Take in a batch of `count` values by its moments (K, C), biased variance."""
        delta, total = mean - self.mean, self.count + count
        spread = self.variance * self.count + variance.double() * count
        spread += delta.square() * self.count * count / total
        self.mean, self.variance, self.count = self.mean + delta * count / total, spread / total, total

    def take(self, values: Tensor) -> None:
        """Take in values (K, B, C)."""
        variance, mean = torch.var_mean(values, dim=1, correction=0)
        self.update(mean, variance, values.shape[1])

    def normalise(self, values: Tensor, out: Tensor | None = None) -> Tensor:
        """Return (K, B, C) values in units of the running spread, clipped to -5..5."""
        mean, spread = self._moments()
        return torch.sub(values, mean, out=out).div_(spread).clamp_(-CLIP, CLIP)

    def restore(self, normalised: Tensor) -> Tensor:
        """Return (K, B, C) the values that `normalise` made these of."""
        mean, spread = self._moments()
        return normalised.clamp(-CLIP, CLIP).mul_(spread).add_(mean)

    def set_one(self, index: int, mean: Tensor, variance: Tensor, count: Tensor) -> None:
        """Set one policy's statistics: mean and variance (C,), count ()."""
        self.mean[index], self.variance[index], self.count[index] = mean, variance, count

    def get_one(self, index: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return copies of one policy's mean and variance (C,) and count (), on the CPU."""
        return (
            self.mean[index].cpu().clone(),
            self.variance[index].cpu().clone(),
            self.count[index, 0].cpu().clone(),
        )

    def state(self) -> dict[str, Tensor]:
        """Return copies, for a checkpoint."""
        return {name: value.clone() for name, value in vars(self).items()}

    def set_state(self, state: dict[str, Tensor]) -> None:
        """Set a `state()`."""
        for name, value in vars(self).items():
            setattr(self, name, state[name].to(value.device, copy=True).view_as(value))

    def _moments(self) -> tuple[Tensor, Tensor]:
        return self.mean.float()[:, None], (self.variance.float() + EPSILON).sqrt_()[:, None]
