"""PPO's losses and their gradients in closed form, term by term as in rl-games' calc_losses.

Per row: the clipped surrogate of the policy gradient, the clipped squared error of the value, both as means over the
rows, the entropy bonus, and the penalty on mean actions beyond +-1.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from video2reward.settings.training import Training

SOFT_BOUND = 1.1
"""Mean actions beyond it are penalised; rl-games' bound_loss."""
_KL_EPSILON = 1e-5  # rl-games' policy_kl


@dataclass(frozen=True)
class Batch:
    """Rows that one gradient step is made from, B per policy.

    actions: (K, B, D), unclipped; mean: (K, B, D) of the policy that last saw these rows; spread: (K, D) its noise
    neglogp, advantages: (K, B), of the policy that acted; advantages are normalised
    values, returns: (K, B), normalised
    """

    actions: Tensor
    mean: Tensor
    spread: Tensor
    neglogp: Tensor
    advantages: Tensor
    values: Tensor
    returns: Tensor


@dataclass(frozen=True)
class Slopes:
    """heads: (K, B, D + 1) and log_std: (K, D), the loss's gradient; actor, critic, kl: (K,) for the curves."""

    heads: Tensor
    log_std: Tensor
    actor: Tensor
    critic: Tensor
    kl: Tensor


def negative_log_probability(off: Tensor, log_std: Tensor) -> Tensor:
    """Return (K, B) minus the log probability of actions `off` (K, B, D) standard deviations from the mean."""
    actions = off.shape[-1]
    return (
        off.square()
        .sum(-1)
        .mul_(0.5)
        .add_(log_std.sum(-1, keepdim=True))
        .add_(0.5 * math.log(2 * math.pi) * actions)
    )


def slopes(heads: Tensor, log_std: Tensor, batch: Batch, training: Training) -> Slopes:
    """Return the gradient of PPO's loss at the networks' outputs: heads (K, B, D + 1), log_std (K, D)."""
    rows, actions = heads.shape[1], heads.shape[2] - 1
    mean, spread = heads[..., :actions], log_std.exp()
    off = (batch.actions - mean).div_(spread[:, None])
    actor, per_row = _surrogate(negative_log_probability(off, log_std), batch, training.clip)
    critic, of_value = _value_error(heads[..., actions], batch, training.clip)
    slope = torch.empty_like(heads)
    torch.mul(off, (per_row / -rows)[..., None], out=slope[..., :actions])
    of_spread = per_row.sum(1, keepdim=True) / rows + (slope[..., :actions] * off).sum(1)
    slope[..., :actions].div_(spread[:, None])
    if training.bounds_loss:
        # The part of the mean beyond the bounds.
        beyond = mean - mean.clamp(-SOFT_BOUND, SOFT_BOUND)
        slope[..., :actions].add_(beyond, alpha=2 * training.bounds_loss / rows)
    torch.mul(of_value, training.critic_coef / rows, out=slope[..., actions])
    return Slopes(slope, of_spread - training.entropy, actor, critic, divergence(mean, spread, batch))


def divergence(mean: Tensor, spread: Tensor, batch: Batch) -> Tensor:
    """Return (K,) the KL divergence from the policy that saw the rows last, mean over rows; rl-games' policy_kl."""
    scale = 2 * (batch.spread.square() + _KL_EPSILON)
    moved = (batch.mean - mean).square_().mean(1)
    widths = torch.log(batch.spread / spread + _KL_EPSILON)
    return (widths + (spread.square() + moved) / scale - 0.5).sum(1)


def _surrogate(neglogp: Tensor, batch: Batch, clip: float) -> tuple[Tensor, Tensor]:
    """Return the policy's loss (K,) and its gradient at each row's neglogp (K, B), before the mean."""
    ratio = (batch.neglogp - neglogp).exp_()
    gain = batch.advantages * ratio
    clipped = ratio.clamp_(1 - clip, 1 + clip).mul_(batch.advantages)
    worse = torch.minimum(gain, clipped)
    # Where the clipped gain is the lower one, the ratio has no influence.
    return -worse.mean(1), gain.mul_(gain <= clipped)


def _value_error(values: Tensor, batch: Batch, clip: float) -> tuple[Tensor, Tensor]:
    """Return the value's loss (K,) and half its gradient at each row's value (K, B), before the mean."""
    moved = values - batch.values
    kept = moved.clamp(-clip, clip)
    error = values - batch.returns
    of_clipped = (batch.values + kept).sub_(batch.returns).square_()
    squared = error.square()
    counts = (moved == kept) | (squared >= of_clipped)
    return torch.maximum(squared, of_clipped).mean(1), error.mul_(counts)
