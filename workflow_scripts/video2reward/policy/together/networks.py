"""K actor-critics of one size as batched matrices: forward and backward by hand, without autograd's bookkeeping."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from video2reward.policy.network import Policy


@dataclass(frozen=True)
class BatchedLinear:
    """Views of one layer of each policy: weight (K, out, in), bias (K, 1, out)."""

    weight: Tensor
    bias: Tensor


@dataclass(frozen=True)
class Pass:
    """What a pass over B rows per policy computes, overwritten by the next.

    inputs: (K, B, width) of each layer, the normalised observation first; heads: (K, B, D + 1) mean action and value
    back: (K, B, width) the loss's gradient at the output of each hidden layer
    """

    inputs: list[Tensor]
    heads: Tensor
    back: list[Tensor]


class Networks:
    """An ELU trunk with two heads per policy, the mean action and the value; see `policy.network.Policy`.

    numbers, gradient: (K, P) all weights of a policy in a row, so that clipping and Adam are a few operations
    log_std: (K, D) view of the action noise's log standard deviation; its gradient likewise
    """

    def __init__(
        self, policies: int, observations: int, actions: int, units: tuple[int, ...], device: str
    ) -> None:
        """Make room for K policies; `set_policy` fills it."""
        self.actions, self.units = actions, tuple(units)
        widths = (observations, *self.units, actions + 1)
        self._shapes = [(after, before) for before, after in itertools.pairwise(widths)]
        size = sum(rows * (columns + 1) for rows, columns in self._shapes) + actions
        self.numbers = torch.zeros(policies, size, device=device)
        self.gradient = torch.zeros_like(self.numbers)
        self._layers, self.log_std = self._views(self.numbers)
        self._slopes, self.log_std_gradient = self._views(self.gradient)
        self._passes: dict[int, Pass] = {}

    def room(self, rows: int) -> Pass:
        """Return the tensors of a pass over `rows` rows per policy, kept for the next."""
        if rows not in self._passes:
            policies = len(self.numbers)
            empty = [self.numbers.new_empty(policies, rows, width) for _, width in self._shapes]
            back = [torch.empty_like(part) for part in empty[1:]]
            heads = self.numbers.new_empty(policies, rows, self.actions + 1)
            self._passes[rows] = Pass(empty, heads, back)
        return self._passes[rows]

    def forward(self, run: Pass) -> Tensor:
        """Fill in a pass from its observations, `run.inputs[0]` -> its heads."""
        outputs = [*run.inputs[1:], run.heads]
        for layer, given, out in zip(self._layers, run.inputs, outputs, strict=True):
            torch.baddbmm(layer.bias, given, layer.weight.transpose(1, 2), out=out)
            if out is not run.heads:
                torch.nn.functional.elu_(out)
        return run.heads

    def backward(self, run: Pass, slope: Tensor) -> None:
        """Set `gradient`, except for log_std's part, from the loss's gradient at a pass's heads (K, B, D + 1)."""
        for i in reversed(range(len(self._layers))):
            torch.bmm(slope.transpose(1, 2), run.inputs[i], out=self._slopes[i].weight)
            torch.sum(slope, dim=1, keepdim=True, out=self._slopes[i].bias)
            if i:
                back = torch.bmm(slope, self._layers[i].weight, out=run.back[i - 1])
                # ELU's slope, from its output: 1 above zero, output + 1 below.
                torch.ops.aten.elu_backward.grad_input(
                    back, 1.0, 1.0, 1.0, True, run.inputs[i], grad_input=back
                )
                slope = back

    def set_policy(self, index: int, policy: Policy) -> None:
        """Copy a policy's weights; its normalisers are not kept here."""
        for name, view in self._named(index).items():
            view.copy_(policy.state_dict()[name].view_as(view))

    def get_policy(self, index: int, meta: dict[str, Any]) -> Policy:
        """Return one policy's weights as a `Policy` on the CPU, with untrained normalisers."""
        policy = Policy(self._shapes[0][1], self.actions, self.units, meta)
        state = policy.state_dict()
        for name, view in self._named(index).items():
            state[name] = view.detach().cpu().clone().view_as(state[name])
        policy.load_state_dict(state)
        policy.requires_grad_(False)
        return policy.eval()

    def _named(self, index: int) -> dict[str, Tensor]:
        """Return views of one policy's numbers under the names of `Policy`'s parameters."""
        named: dict[str, Tensor] = {"log_std": self.log_std[index]}
        for i, layer in enumerate(self._layers[:-1]):
            named |= {f"trunk.{2 * i}.weight": layer.weight[index], f"trunk.{2 * i}.bias": layer.bias[index]}
        heads, split = self._layers[-1], self.actions
        named |= {
            "action_mean.weight": heads.weight[index, :split],
            "action_mean.bias": heads.bias[index, 0, :split],
        }
        return named | {
            "value_head.weight": heads.weight[index, split:],
            "value_head.bias": heads.bias[index, 0, split:],
        }

    def _views(self, numbers: Tensor) -> tuple[list[BatchedLinear], Tensor]:
        """Return the layers' views of a row of numbers per policy, and log_std's."""
        layers, at, policies = [], 0, len(numbers)
        for rows, columns in self._shapes:
            weight = numbers[:, at : at + rows * columns].view(policies, rows, columns)
            at += rows * columns
            layers.append(BatchedLinear(weight, numbers[:, at : at + rows].view(policies, 1, rows)))
            at += rows
        return layers, numbers[:, at:]
