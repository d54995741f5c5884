"""Rewards run where the simulator is: what they make without `device=` is made beside the signals."""

import pytest
import torch
from tests.elsewhere import Elsewhere, elsewhere

from video2reward.reward.rewriting.rewrite import rewrite

HEAD = """import torch
from torch import Tensor
from typing import Dict, Tuple

WEIGHTS = torch.tensor([1.0, 0.5])


def spread(x: Tensor) -> Tensor:
    return x + torch.ones(x.shape[0])


def compute_reward(base_height: Tensor, commands: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
"""
BODIES = {
    "zeros": "    total = torch.zeros(base_height.shape[0])\n    for i in range(2):\n        total = total + base_height * i\n",
    "constant": "    total = (commands[:, :2] * WEIGHTS).sum(dim=1)\n",
    "helper": "    total = spread(base_height)\n",
    "first given anew": "    base_height = base_height - 0.5\n    total = base_height + torch.full((base_height.shape[0],), 0.1)\n",
    "arange": "    total = base_height * torch.arange(base_height.shape[0]).float()\n",
}


@pytest.mark.parametrize("body", BODIES)
def test_what_names_no_device_is_made_beside_the_signals(body):
    source = f"{HEAD}{BODIES[body]}    return total, {{'total': total}}\n"
    near = {"base_height": torch.linspace(0.4, 0.6, 4), "commands": torch.ones(4, 3)}
    names = {}
    exec(compile(rewrite(source).source, "reward", "exec"), names)
    expected, _ = names["compute_reward"](**near)
    with elsewhere() as device:
        total, parts = names["compute_reward"](**{name: value.to(device) for name, value in near.items()})
        assert isinstance(total, Elsewhere) and isinstance(parts["total"], Elsewhere)
        torch.testing.assert_close(total.cpu(), expected)


def test_without_the_rewriting_it_would_fail():
    names = {}
    exec(f"{HEAD}{BODIES['zeros']}    return total, {{}}\n", names)
    with elsewhere() as device, pytest.raises(RuntimeError, match="same device"):
        names["compute_reward"](torch.ones(4, device=device), torch.ones(4, 3, device=device))
