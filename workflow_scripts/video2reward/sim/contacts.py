"""Heights above the ground and contacts, for `Snapshot`: contact follows from height, also where no physics runs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from video2reward.sim.kinematics import Carried
from video2reward.sim.shapes import Touch


class ContactSignals:
    """Heights and contacts of the agents; on a terrain, heights are vertical, above the ground under each point."""

    _constants: Any
    _motion: Any
    if TYPE_CHECKING:

        @property
        def world_axes(self) -> Tensor: ...  # noqa: D102

    @cached_property
    def base_height(self) -> Tensor:
        """(N,) m, of the base above the ground."""
        position, ground = self._motion.position, self._constants.ground
        height: Tensor = position[:, 2]
        return height if ground is None else height - ground.height(position[:, 0], position[:, 1])

    @cached_property
    def _above(self) -> Carried:
        """The coordinates that heights need: up, on a terrain also the place."""
        axes = self.world_axes if self._constants.ground else self.world_axes[:, 2:]
        carried: Carried = self._constants.kinematics.carry(axes, self._motion.joint_pos)
        return carried

    def _heights(self, touch: Touch) -> Tensor:
        """(S, N) height above the ground of the lowest point of each sphere."""
        places, base, ground = (
            self._above.coordinates(touch.points),
            self._motion.position,
            self._constants.ground,
        )
        if ground is None:
            return places[:, 0] + base[:, 2] - touch.radii
        x, y, z = (places[:, i] + base[:, i] for i in range(3))
        heights: Tensor = z - touch.radii - ground.height(x, y)
        return heights

    @cached_property
    def foot_heights(self) -> Tensor:
        """(N, F) m, of the soles."""
        heights = self._heights(self._constants.feet)
        groups = self._constants.feet.groups
        if len(heights) == len(groups):  # one point per foot
            return heights.T.contiguous()
        return torch.stack([heights[group].amin(0) for group in groups], dim=1)

    @cached_property
    def foot_contacts(self) -> Tensor:
        """(N, F) 0 or 1."""
        return (self.foot_heights < 0).float()

    @cached_property
    def collisions(self) -> Tensor:
        """(N,) number of counted bodies that touch the ground."""
        counted = self._constants.counted
        if not counted.groups:
            return torch.zeros_like(self.base_height)
        low = self._heights(counted) < 0
        return torch.stack([low[group].any(0) for group in counted.groups]).sum(0).float()

    @cached_property
    def forbidden_contact(self) -> Tensor:
        """(N,) bool: a body touches the ground that must not."""
        return (self._heights(self._constants.forbidden) < 0).any(0)
