"""Spot checks in training: some agents are judged without the others, when and which the reward cannot know."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from video2reward.signals import SIGNALS

if TYPE_CHECKING:
    from torch import Tensor

REPEATING = frozenset(["commands", "phase_sin", "phase_cos", "foot_contacts", "collisions", "course"])
"""Signals of an agent that often stay as they were."""
ONE_IN = 16
"""Calls per spot check on average; one takes less time than a call."""


def per_agent(name: str, value: Any) -> bool:
    """Tell whether a signal has a row per agent."""
    if name in SIGNALS:
        return SIGNALS[name].shape[:1] == ("N",)
    return getattr(value, "ndim", 0) > 0


def count_agents(signals: dict[str, Tensor]) -> int:
    """Return N, 1 if no signal tells."""
    for name, value in signals.items():
        if per_agent(name, value):
            return value.shape[0]
    return 1


class SpotCheck:
    """Draws agents to be judged alone.

    What is drawn follows from `seed` and what the robot does in this call, so that a rerun, or a training that
    goes on from a checkpoint, gives the same verdict; no reward can compute it.
    """

    def __init__(self, seed: str) -> None:
        """Draw from `seed`."""
        self._key = blake2b(seed.encode(), digest_size=32).digest()

    def draw(self, signals: dict[str, Tensor], always: bool = False) -> Tensor | None:
        """Return the agents (n,), n < N of any order of magnitude, or None when no check is due."""
        import torch

        agents = count_agents(signals)
        drawn = self._number(signals)
        if agents < 2 or (drawn % ONE_IN and not always):
            return None
        generator = torch.Generator().manual_seed(drawn % 2**63)
        share = float(torch.rand((), generator=generator))
        size = min(agents - 1, max(1, round((agents / 2) ** share)))
        return torch.randperm(agents, generator=generator)[:size]

    @staticmethod
    def part(signals: dict[str, Tensor], index: Tensor) -> dict[str, Tensor]:
        """Return copies of the signals of the agents of `index` alone."""
        return {
            name: value[index.to(value.device)] if per_agent(name, value) else value
            for name, value in signals.items()
        }

    def _number(self, signals: dict[str, Tensor]) -> int:
        """Return a number drawn from an agent's motion: one signal will do, commands and clocks repeat."""
        moving = [name for name, value in signals.items() if per_agent(name, value)]
        sha = blake2b(key=self._key, digest_size=8)
        for name in sorted(moving, key=lambda name: name in REPEATING)[:1]:
            sha.update(repr(signals[name][0].tolist()).encode())
        return int.from_bytes(sha.digest(), "little")
