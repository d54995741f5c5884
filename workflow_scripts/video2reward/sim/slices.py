"""Random numbers of agents in equal slices: each slice draws from a generator of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor


class Slices:
    """One generator for each slice of the agents, so that a slice's numbers do not depend on the others."""

    def __init__(self, seeds: int | Sequence[int], agents: int, device: str) -> None:
        """Cut the agents into as many slices as there are seeds; one seed: a single slice."""
        own = [seeds] if isinstance(seeds, int) else list(seeds)
        self._generators = [torch.Generator(device).manual_seed(seed) for seed in own]
        self._agents = agents // len(own)

    def of(self, rows: Tensor) -> Iterator[tuple[torch.Generator, Tensor]]:
        """Yield the slices that have some of the rows: their generator, their rows."""
        if len(self._generators) == 1:
            yield self._generators[0], rows
            return
        slices = rows // self._agents
        for index in slices.unique().tolist():
            yield self._generators[index], rows[slices == index]

    def draw(self, draw: Callable[[int, torch.Generator], Tensor]) -> Tensor:
        """Return what `draw` gives for each slice's number of agents and generator, joined."""
        return torch.cat([draw(self._agents, generator) for generator in self._generators])

    def state(self) -> Tensor:
        """Return the generators' states, a row for each."""
        return torch.stack([generator.get_state() for generator in self._generators])

    def restore(self, state: Tensor) -> None:
        """Restore a `state()`."""
        for generator, own in zip(self._generators, state.cpu(), strict=True):
            generator.set_state(own.clone())  # torch 2.13 crashes on a view
