"""What a single motion asks of the trunk at each phase of the clock, and the signals that say so."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from video2reward.artifacts.reference import Reference
from video2reward.sim.kinematics import Carried, FixedPoints

COLUMNS = ("height, m", "forward, m/s", "up, m/s", "flight, 0 or 1", "sine of the lean forward")


class SingleMotion:
    """The trunk's way through one motion and the rest after it, by phase; `flight_share`: part of it without a foot down."""

    def __init__(self, reference: Reference, standing_height: float) -> None:
        """Read a reference; standing_height: of the trunk's middle in the default pose, m."""
        way = np.asarray(reference.trunk, float) * reference.body_length_m
        step = reference.period_s / len(way)
        # The next motion goes on from where this one has ended.
        gone = np.array([way[-1, 0], 0.0])
        beyond = np.concatenate([way[-1:] - gone, way, way[:1] + gone])
        speed = (beyond[2:] - beyond[:-2]) / (2 * step)
        phase = np.arange(len(way)) / len(way)
        off, down = reference.flight if reference.flies else (2.0, 2.0)
        self.flight_share = float(down - off)
        lean = np.sin(np.radians(reference.lean))
        table = np.column_stack([way[:, 1] + standing_height, speed, (phase >= off) & (phase < down), lean])
        self._table = torch.tensor(table, dtype=torch.float32)
        self._flight = (float(off), float(down))

    def at(self, phase: Tensor) -> Tensor:
        """Return `COLUMNS` at phases (N,), cycles: (N, 5)."""
        within = torch.remainder(phase, 1.0)
        place = within * len(self._table)
        before = place.long().clamp(max=len(self._table) - 1)
        weight = (place - before)[:, None]
        found = torch.lerp(self._table[before], self._table[(before + 1) % len(self._table)], weight)
        found[:, 3] = ((within >= self._flight[0]) & (within < self._flight[1])).float()
        return found


class SingleSignals:
    """The signals of a single motion, for `Snapshot`: the trunk's way, and what is asked of it; zeros for a gait."""

    _constants: Any
    _motion: Any
    if TYPE_CHECKING:

        @property
        def base_height(self) -> Tensor: ...  # noqa: D102

        @property
        def heading(self) -> Tensor: ...  # noqa: D102

        @property
        def _side(self) -> Carried: ...

    @cached_property
    def trunk_height(self) -> Tensor:
        """(N,) m, of the trunk's middle above the ground."""
        return self.base_height + self._of_middle(self._side.coordinates)[1]

    @cached_property
    def trunk_velocity(self) -> Tensor:
        """(N, 2) m/s of the trunk's middle: forward along the heading, and up."""
        base, turn = self._motion.velocity, self.heading
        ahead = base[:, 0] * torch.cos(turn) + base[:, 1] * torch.sin(turn)
        rates = self._of_middle(self._side.rates)
        return torch.stack([ahead + rates[0], base[:, 2] + rates[1]], dim=1)

    def _of_middle(self, read: Callable[[FixedPoints], Tensor]) -> Tensor:
        """Return (2, N), forward and up, of the trunk's middle relative to the base, by a reader of sites."""
        sites = read(self._constants.keypoints.points)
        return (self._constants.keypoints.middle @ sites.reshape(len(sites), -1)).view(2, -1)

    @cached_property
    def _wanted(self) -> Tensor:
        """(N, 5): `single_motion.COLUMNS` at the agents' phases; zeros for a gait."""
        single = self._constants.single
        if single is None:
            return self.base_height.new_zeros(len(self.base_height), 5)
        return single.at(self._motion.phase)

    @property
    def wanted_height(self) -> Tensor:
        """(N,) m, of the trunk's middle above the ground."""
        return self._wanted[:, 0]

    @property
    def wanted_velocity(self) -> Tensor:
        """(N, 2) m/s, forward and up."""
        return self._wanted[:, 1:3]

    @property
    def wanted_flight(self) -> Tensor:
        """(N,) 0 or 1."""
        return self._wanted[:, 3]

    @property
    def wanted_lean(self) -> Tensor:
        """(N,) sine of the trunk's lean forward."""
        return self._wanted[:, 4]

    @property
    def flight_share(self) -> float:
        """Part of the period in which no foot is on the ground."""
        single = self._constants.single
        return single.flight_share if single else 0.0
