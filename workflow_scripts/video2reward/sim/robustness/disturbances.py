"""What differs from the model in each agent's episode, and what happens to it on the way: draws, late actions, pushes."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from video2reward.errors import UserError
from video2reward.sim.columns import Columns
from video2reward.sim.physics import Physics
from video2reward.sim.robustness.draws import Draws
from video2reward.sim.robustness.table import OF_MODEL, TABLE, Range
from video2reward.sim.slices import Slices


class Disturbances:
    """The draws of all agents, and their effect on physics and actions; without ranges it draws and changes nothing.

    on: whether the episodes that run now are disturbed
    drawn: (N, width) what they drew; `draws` says which column is what
    """

    def __init__(
        self,
        ranges: Mapping[str, Range],
        physics: Physics,
        columns: Columns,
        slices: Slices,
        agents: int,
        dt: float,
        always: bool = False,
    ) -> None:
        """Prepare for some ranges; quantities that the physics cannot vary are a `UserError`.

        dt: control step, s; always: in every episode, not in those of a training alone
        """
        if unknown := set(ranges) - set(TABLE):
            raise ValueError(f"unknown quantities {sorted(unknown)}; known are {', '.join(TABLE)}")
        fixed = [name for name in OF_MODEL if name in ranges and name not in physics.varies]
        if fixed:
            raise UserError(
                f"task.robustness: this simulator has one robot model for all agents and cannot vary {', '.join(fixed)}; set "
                "task.robustness: off, or training.simulator: mujoco or mujoco_warp"
            )
        self.ranges, self.on, self._always = dict(ranges), False, always
        joints = len(columns.joints_index)
        self.draws = Draws(self.ranges, joints, dt)
        self.drawn = torch.zeros(agents, self.draws.width)
        self._late = torch.zeros(agents, self.draws.most("action_delay"), joints)
        self._physics, self._rates, self._slices, self._dt = physics, columns.base_rates, slices, dt

    def start(self, rows: Tensor, generator: torch.Generator, training: bool) -> None:
        """Begin new episodes of agents `rows` (K,): with new draws in a training, else as the model is."""
        if not self.ranges:
            return
        on = training or self._always
        if on or self.on:
            fresh = (
                self.draws.draw(len(rows), generator)
                if on
                else self.drawn.new_zeros(len(rows), self.draws.width)
            )
            self.drawn = self.drawn.index_copy(0, rows, fresh)
            self._late = self._late.index_fill(0, rows, 0)
            self._vary(rows, fresh, on)
        self.on = on

    def acted(self, actions: Tensor) -> Tensor:
        """Return the actions (N, D) that reach the drives in this control step: each agent's own, of some steps ago."""
        steps = self.draws.of(self.drawn, "action_delay")
        if not self.on or steps is None or not self._late.shape[1]:
            return actions
        queue = torch.cat([actions[:, None], self._late], dim=1)
        self._late = queue[:, :-1].contiguous()
        return queue[torch.arange(len(actions), device=actions.device), steps.long()]

    def aimed(self, targets: Tensor) -> Tensor:
        """Return where the joints go (N, D), rad, when drives hold measured angles at the targets."""
        offsets = self.draws.of(self.drawn, "joint_offset") if self.on else None
        return targets if offsets is None else targets - offsets

    def push(self) -> None:
        """Kick the bases of those agents whose moment it is: an event that may come at any step, as rare as the interval."""
        if not self.on or "push" not in self.ranges:
            return
        part = self._slices.draw(
            lambda count, generator: torch.rand(count, 3, generator=generator, device=generator.device)
        )
        (low, high), (interval, _) = self.ranges["push"], self.ranges["push_interval"]
        rows = (part[:, 0] < self._dt / _number(interval)).nonzero().flatten()
        if not len(rows):
            return
        speed = _number(low) + (_number(high) - _number(low)) * part[rows, 1]
        angle = 2 * math.pi * part[rows, 2]
        qpos, qvel = self._physics.qpos[rows].clone(), self._physics.qvel[rows].clone()
        ahead = self._rates.start
        qvel[:, ahead] += (speed * angle.cos()).to(qvel.dtype)
        qvel[:, ahead + 1] += (speed * angle.sin()).to(qvel.dtype)
        self._physics.write(rows, qpos, qvel)

    def state(self) -> dict[str, Tensor]:
        """Return copies of what later steps depend on, by name; nothing without ranges."""
        if not self.ranges:
            return {}
        return {
            "drawn": self.drawn.clone(),
            "late_actions": self._late.clone(),
            "disturbed": torch.tensor(self.on),
        }

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Restore a `state()`, the physics' models too."""
        if not self.ranges:
            return
        before, self.on = self.on, bool(state["disturbed"])
        self.drawn = state["drawn"].to(self.drawn.device, copy=True)
        self._late = state["late_actions"].to(self.drawn.device, copy=True)
        if before or self.on:
            self._vary(torch.arange(len(self.drawn), device=self.drawn.device), self.drawn, self.on)

    def _vary(self, rows: Tensor, drawn: Tensor, on: bool) -> None:
        if any(name in self.draws.columns for name in OF_MODEL):
            self._physics.vary(rows, self.draws.of_model(drawn) if on else {})


def _number(bound: float | tuple[float, ...]) -> float:
    assert not isinstance(bound, tuple), "a push has one size, not one for each axis"
    return bound
