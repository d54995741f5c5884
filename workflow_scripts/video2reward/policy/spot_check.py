"""Spot checks in training: some agents are evaluated alone, at times and with choices that no reward can predict."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from video2reward.signals import SIGNALS

if TYPE_CHECKING:
    from torch import Tensor

REPEATING = frozenset(["commands", "phase_sin", "phase_cos", "foot_contacts", "collisions", "course"])
"""Signals of an agent that often stay constant."""
ONE_IN = 16
"""Mean number of calls per spot check; a check takes less time than a call."""


def per_agent(name: str, value: Any) -> bool:
    """Tell whether a signal has a row per agent."""
    if name in SIGNALS:
        return SIGNALS[name].shape[:1] == ("N",)
    return getattr(value, "ndim", 0) > 0


def count_agents(signals: dict[str, Tensor]) -> int:
    """Return N, or 1 if no signal has a row per agent."""
    for name, value in signals.items():
        if per_agent(name, value):
            return value.shape[0]
    return 1


class SpotCheck:
    """Draws agents to evaluate alone.

    The draw depends on `seed` and on the robot's motion in this call, so that a rerun or a resumed training gives the
    same verdict, but no reward can compute it.
    """

    def __init__(self, seed: str) -> None:
        """Use `seed` for all draws."""
        self._key = blake2b(seed.encode(), digest_size=32).digest()

    def draw(self, signals: dict[str, Tensor], always: bool = False) -> Tensor | None:
        """Return the agents (n,), n < N of random order of magnitude, or None if no check is due."""
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
        """Return copies of the signals for the agents in `index`."""
        return {
            name: value[index.to(value.device)] if per_agent(name, value) else value
            for name, value in signals.items()
        }

    def _number(self, signals: dict[str, Tensor]) -> int:
        """Return a number drawn from an agent's motion, as commands and clocks repeat; one signal is enough."""
        moving = [name for name, value in signals.items() if per_agent(name, value)]
        sha = blake2b(key=self._key, digest_size=8)
        for name in sorted(moving, key=lambda name: name in REPEATING)[:1]:
            sha.update(repr(signals[name][0].tolist()).encode())
        return int.from_bytes(sha.digest(), "little")
