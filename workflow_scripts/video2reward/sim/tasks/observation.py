"""Build a task's observation from signals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from video2reward.errors import UserError
from video2reward.robots.symmetry import Symmetry

# How a block of entries is mirrored about the robot's middle: a sign per entry, or its partner on the other side.
Mirrored = tuple[float, ...] | Literal["joints", "feet"]
VECTOR, ROTATION = (1.0, -1.0, 1.0), (-1.0, 1.0, -1.0)
COMMANDS = (1.0, -1.0, -1.0)
HALF_A_STRIDE = (-1.0, -1.0)  # on: sine and cosine of the phase change sign


@dataclass(frozen=True)
class Entries:
    """A block of observation entries: names, scales, and the function that reads them from the signals, (N, n).

    scale: one for all entries, or one each; read: by default the signal with the block's name
    mirrored: what `training.mirror` needs; None: not known
    """

    name: str
    entries: Sequence[str]
    scale: float | Sequence[float] = 1.0
    read: Callable[[Mapping[str, Any]], Tensor] | None = None
    mirrored: Mirrored | None = None


class Observation:
    """Blocks of entries in order, scaled and clipped."""

    def __init__(self, parts: Sequence[Entries], clip: float = float("inf")) -> None:
        """Concatenate blocks; `clip`: largest absolute value of an entry."""
        self.parts, self.clip = tuple(parts), clip
        self.names = [f"{part.name}.{entry}" for part in parts for entry in part.entries]
        self.scales: list[float] = []
        for part in parts:
            each = [part.scale] * len(part.entries) if isinstance(part.scale, int | float) else part.scale
            self.scales += each
        self._factors = torch.tensor(self.scales)

    def read(self, signals: Mapping[str, Any]) -> Tensor:
        """Return the observation (N, O), float32."""
        parts = [signals[part.name] if part.read is None else part.read(signals) for part in self.parts]
        return torch.cat(parts, dim=1).mul_(self._factors).clamp_(-self.clip, self.clip)

    def columns_of(self, fewer: Observation) -> list[int]:
        """Return where the entries of an observation with fewer of the same blocks are in this one."""
        return [self.names.index(name) for name in fewer.names]

    def mirrored(self, symmetry: Symmetry) -> tuple[list[int], list[float]]:
        """Return order and signs (O,), so that the mirrored observation is observation[:, order] * signs."""
        order: list[int] = []
        signs: list[float] = []
        for part in self.parts:
            ahead, count = len(order), len(part.entries)
            partners: Sequence[int] = range(count)
            if part.mirrored is None:
                raise UserError(
                    f"training.mirror: nobody has said how the observation's {part.name} is mirrored; set it to false, or "
                    "give the block its `mirrored`"
                )
            if part.mirrored == "joints":
                partners, each = symmetry.joints, symmetry.signs
            elif part.mirrored == "feet":
                partners, each = symmetry.feet, (1.0,) * count
            else:
                each = tuple(map(float, part.mirrored))
            order += [ahead + partner for partner in partners]
            signs += each
        return order, signs


def clock(mirrored: tuple[float, float] = HALF_A_STRIDE) -> Entries:
    """Return the block of the phase clock; mirrored: signs of sine and cosine in a mirror image, of gaits half a stride later."""
    return Entries(
        "phase",
        ["sin", "cos"],
        read=lambda s: torch.stack([s["phase_sin"], s["phase_cos"]], dim=1),
        mirrored=mirrored,
    )


def joint_offset(signals: Mapping[str, Any]) -> Tensor:
    """Return the joint angles relative to the default pose (N, D), rad."""
    return signals["joint_pos"] - signals["default_joint_pos"]
