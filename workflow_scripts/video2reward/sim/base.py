"""The contract between a simulator backend and everything that trains or evaluates on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

# The compiled reward: signals by name -> (total (N,), components {name: (N,)}).
RewardFunction = Callable[[dict[str, "Tensor"]], "tuple[Tensor, dict[str, Tensor]]"]


@dataclass
class StepResult:
    """What one control step gives; agents that ended were reset already (see `BatchedEnv.auto_reset`).

    observation: (N, O) float32, unnormalised, of the new state (after the reset where done)
    reward: (N,) of the step, before the reset
    components: name -> (N,) the reward's parts
    terminated, truncated: (N,) bool, fell or failed; ran out of time
    success: (N,) the task's success of the step, in the unit of its `success_words`
    """

    observation: Tensor
    reward: Tensor
    terminated: Tensor
    truncated: Tensor
    success: Tensor
    components: dict[str, Tensor] = field(default_factory=dict)


def check_state(state: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> None:
    """Raise `ValueError` if a state to be restored has other names or shapes than the environment's own."""
    shapes, expected = ({name: tuple(t.shape) for name, t in s.items()} for s in (state, own))
    if shapes != expected:
        raise ValueError(f"the state is another environment's: {shapes}, expected {expected}")


class BatchedEnv(ABC):
    """N agents stepped together, on torch tensors."""

    num_envs: int
    num_observations: int
    num_actions: int
    device: str
    dt: float
    episode_steps: int
    auto_reset: bool = True
    """Ended agents start anew within `step`; False: they go on where they are, as rollouts need it."""
    training_starts: bool = False
    """Episodes start as the task has it for training, perhaps in motion; False: at rest."""
    observation_names: list[str]
    """(O,) a name per observation entry, e.g. "base_lin_vel.x", for the exported policy."""
    action_meaning: dict[str, Any]
    """What actions do, for the exported policy: "action" in words, the figures that it names, their "units"."""

    @abstractmethod
    def reset(self) -> Tensor:
        """Reset all agents -> observation (N, O)."""

    def spread_episodes(self) -> None:  # noqa: B027  (a backend may do without)
        """Give the agents different ages after a reset, so that training sees starts in every rollout."""

    @abstractmethod
    def step(self, actions: Tensor) -> StepResult:
        """Advance one control step with `actions` (N, D), clipped to -1..1."""

    @abstractmethod
    def signals(self, names: Collection[str] | None = None) -> dict[str, Tensor]:
        """The catalogue's signals of the present state, all or the named; scalars are floats."""

    @abstractmethod
    def set_commands(self, commands: Tensor) -> None:
        """Hold the commands (N, 3) fixed, across resets too."""

    @abstractmethod
    def keypoints_world(self) -> Tensor:
        """(N, J, 3) the robot's keypoints in the world, m, in the reference's order."""

    @abstractmethod
    def qpos(self) -> Tensor:
        """(N, nq) generalised positions: base position m, base quaternion w x y z, joints rad."""

    @abstractmethod
    def state(self) -> dict[str, Tensor]:
        """Everything that the future depends on: physics, episodes, commands, last actions, random numbers.

        Plain tensors by name, the caller's own, of any shape and device. An environment made alike that is
        given them goes on bit for bit as this one does under the same actions; what is compiled, bound or
        derived from the rest stays out.
        """

    @abstractmethod
    def restore(self, state: dict[str, Tensor]) -> None:
        """Put all agents back to a `state()`, which may lie on another device; other shapes: `ValueError`."""

    @abstractmethod
    def close(self) -> None:
        """Free what the simulator holds."""
