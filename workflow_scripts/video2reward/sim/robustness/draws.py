"""What was drawn for each agent's episode: one row of numbers an agent."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from video2reward.robots.symmetry import Symmetry
from video2reward.sim.robustness.table import DELAYS, OF_MODEL, TABLE, Range


class Draws:
    """The quantities of some ranges that are drawn per episode, as columns of a row an agent; delays in control steps."""

    def __init__(self, ranges: Mapping[str, Range], joints: int, dt: float) -> None:
        """Lay out the columns; its tensors lie on the device that is in force. dt: control step, s."""
        self.columns: dict[str, slice] = {}
        lowest: list[float] = []
        highest: list[float] = []
        whole: list[bool] = []
        for name, ends in ranges.items():
            if TABLE[name].per != "episode":
                continue
            width, step = TABLE[name].size or joints, dt if name in DELAYS else 1.0
            self.columns[name] = slice(len(lowest), len(lowest) + width)
            for bounds, end in zip((lowest, highest), ends, strict=True):
                bounds += [round(x / step) if name in DELAYS else x for x in _of_width(end, width)]
            whole += [name in DELAYS] * width
        self.width = len(lowest)
        self._lowest, self._whole = torch.tensor(lowest), torch.tensor(whole, dtype=torch.bool)
        self._span = torch.tensor(highest) - self._lowest + self._whole.float()

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """Return rows for new episodes (count, width)."""
        part = torch.rand(count, self.width, generator=generator, device=generator.device)
        drawn = self._lowest + self._span * part
        return torch.where(self._whole, drawn.floor(), drawn)

    def of(self, rows: Tensor, name: str) -> Tensor | None:
        """Return a quantity of rows, (K,) or (K, size); None if it is not drawn."""
        if name not in self.columns:
            return None
        found = rows[:, self.columns[name]]
        return found[:, 0] if TABLE[name].size == 1 else found

    def of_model(self, rows: Tensor) -> dict[str, Tensor]:
        """Return what the model of each agent is changed for."""
        return {name: rows[:, self.columns[name]].squeeze(1) for name in OF_MODEL if name in self.columns}

    def most(self, name: str) -> int:
        """Return the largest number of control steps of a delay; 0 if it is not drawn."""
        if name not in self.columns:
            return 0
        column = self.columns[name].start
        return int(self._lowest[column] + self._span[column]) - 1

    def mirrored(self, sides: Symmetry) -> tuple[list[int], list[float]]:
        """Return order and signs of a row's mirror image."""
        order: list[int] = []
        signs: list[float] = []
        for name, columns in self.columns.items():
            jointwise = TABLE[name].size == 0
            partners = sides.joints if jointwise else range(columns.stop - columns.start)
            order += [columns.start + partner for partner in partners]
            signs += sides.signs if jointwise else TABLE[name].mirrored
        return order, signs


def _of_width(bound: float | tuple[float, ...], width: int) -> list[float]:
    return [float(x) for x in bound] if isinstance(bound, tuple) else [float(bound)] * width
