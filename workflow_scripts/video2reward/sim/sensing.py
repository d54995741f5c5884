"""What agents are shown of the task's observation: all of it, or what a robot's sensors tell, late and noisy, with a history.

A frame is one control step's observation. Without history and disturbances it is the task's own, untouched.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from video2reward.robots.symmetry import Symmetry
from video2reward.sim.observed import BLOCKS, deployable
from video2reward.sim.robustness.disturbances import Disturbances
from video2reward.sim.robustness.table import NOISE
from video2reward.sim.slices import Slices
from video2reward.sim.tasks.observation import Observation


class Sensing:
    """Turns the task's observation (N, O) into what the policy is given (N, history x F), newest frame first.

    names: of what the policy is given
    num_privileged: entries of what the critic is given instead, where the policy is not given all; 0: the same
    """

    def __init__(
        self,
        observation: Observation,
        history: int | None,
        disturbances: Disturbances,
        slices: Slices,
        agents: int,
    ) -> None:
        """Prepare for N agents; history: of `task.observation: deployable`, in frames; None: all is shown, once."""
        self._whole = observation
        self._frame = observation if history is None else deployable(observation)
        self._columns = None if history is None else torch.tensor(observation.columns_of(self._frame))
        self._disturbances, self._slices = disturbances, slices
        self.steps = history or 1
        self.num_privileged = 0 if history is None else len(observation.names) + disturbances.draws.width
        self.names = [
            name if not back else f"{name} {back} ago"
            for back in range(self.steps)
            for name in self._frame.names
        ]
        parts, width = self._frame.parts, len(self._frame.names)
        blocks = [part.name for part in parts for _ in part.entries]
        scales = self._frame.scales
        self._noise = torch.tensor([s * NOISE.get(b, (0.0,))[0] for b, s in zip(blocks, scales, strict=True)])
        self._measured = torch.tensor([b not in BLOCKS or BLOCKS[b].measured for b in blocks])
        self._joints = [i for i, block in enumerate(blocks) if block == "joint_pos_offset"]
        self._joint_scales = torch.tensor([scales[i] for i in self._joints])
        self._past = torch.zeros(agents, self.steps if self.steps > 1 else 0, width)
        late = disturbances.draws.most("sensor_delay")
        self._late = torch.zeros(agents, late + 1 if late else 0, width)
        self._fresh = torch.ones(agents, dtype=torch.bool)

    def begin(self, rows: Tensor) -> None:
        """Forget the past of agents that begin anew; their next frame stands for it."""
        self._fresh = self._fresh.index_fill(0, rows, True)

    def see(self, observation: Tensor, rows: Tensor | None = None) -> Tensor:
        """Return what the policy is given, once a control step: of all agents, or of those that have just begun anew.

        rows: (K,) ascending, whose observation (K, O) is given; None: everyone's
        """
        frame = observation if self._columns is None else observation[:, self._columns]
        fresh = self._fresh if rows is None else self._fresh[rows]
        if self._disturbances.on:
            frame = self._sensed(frame, rows, fresh)
        seen = frame
        if self._past.shape[1]:
            past = _shifted(self._past if rows is None else self._past[rows], frame, fresh)
            self._past = past if rows is None else self._past.index_copy(0, rows, past)
            seen = past.flatten(1)
        self._fresh = (
            torch.zeros_like(self._fresh) if rows is None else self._fresh.index_fill(0, rows, False)
        )
        return seen

    def privileged(self, observation: Tensor) -> Tensor:
        """Return what the critic is given (N, P): the task's true observation (N, O), and the episodes' draws."""
        return torch.cat([observation, self._disturbances.drawn], dim=1)

    def mirrored(self, sides: Symmetry) -> list[tuple[list[int], list[float]]]:
        """Return order and signs of the mirror images: of what the policy is given, and of what the critic is, if more."""
        order, signs = self._frame.mirrored(sides)
        width = len(order)
        seen = [back * width + column for back in range(self.steps) for column in order], signs * self.steps
        if not self.num_privileged:
            return [seen]
        (order, signs), own = self._whole.mirrored(sides), self._disturbances.draws.mirrored(sides)
        return [seen, (order + [len(order) + column for column in own[0]], signs + own[1])]

    def state(self) -> dict[str, Tensor]:
        """Return copies of what later steps depend on, by name; nothing where nothing is remembered."""
        kept = {"past_frames": self._past, "late_frames": self._late}
        return {name: values.clone() for name, values in kept.items() if values.shape[1]}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Restore a `state()`."""
        device = self._noise.device
        self._past = state.get("past_frames", self._past).to(device, copy=True)
        self._late = state.get("late_frames", self._late).to(device, copy=True)
        self._fresh = torch.zeros_like(self._fresh)

    def _sensed(self, frame: Tensor, rows: Tensor | None, fresh: Tensor) -> Tensor:
        """Return what the sensors say: encoders with a wrong zero, some steps ago, with noise."""
        own, frame = self._disturbances, frame.clone()
        drawn = own.drawn if rows is None else own.drawn[rows]
        offsets = own.draws.of(drawn, "joint_offset")
        if offsets is not None and self._joints:
            frame[:, self._joints] += offsets * self._joint_scales
        steps = own.draws.of(drawn, "sensor_delay")
        if steps is not None and self._late.shape[1]:
            late = _shifted(self._late if rows is None else self._late[rows], frame, fresh)
            self._late = late if rows is None else self._late.index_copy(0, rows, late)
            before = late[torch.arange(len(frame), device=frame.device), steps.long()]
            frame = torch.where(self._measured, before, frame)
        if "noise" in own.ranges:
            frame = frame + self._noise * self._white(rows, frame.shape[1])
        return frame.clamp(-self._frame.clip, self._frame.clip)

    def _white(self, rows: Tensor | None, width: int) -> Tensor:
        """Return rows of numbers uniform in -1..1, from each slice's own generator."""

        def draw(count: int, generator: torch.Generator) -> Tensor:
            return 2 * torch.rand(count, width, generator=generator, device=generator.device) - 1

        if rows is None:
            return self._slices.draw(draw)
        # Rows ascend, and so do slices.
        return torch.cat([draw(len(part), generator) for generator, part in self._slices.of(rows)])


def _shifted(past: Tensor, frame: Tensor, fresh: Tensor) -> Tensor:
    """Return frames (N, T, F) with the new one first and the oldest gone; those who begin anew have it everywhere."""
    moved = torch.cat([frame[:, None], past[:, :-1]], dim=1)
    return torch.where(fresh[:, None, None], frame[:, None], moved)
