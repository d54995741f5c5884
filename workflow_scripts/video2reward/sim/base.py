"""The interface between a simulator backend and everything that trains or evaluates on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from video2reward.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor


# The compiled reward: signals by name -> (total (N,), components {name: (N,)}).
RewardFunction = Callable[[dict[str, "Tensor"]], "tuple[Tensor, dict[str, Tensor]]"]


@dataclass
class StepResult:
    """The result of one control step; agents whose episode ended are already reset (see `BatchedEnv.auto_reset`).

    observation: (N, O) float32, unnormalised, of the new state (after the reset if done)
    reward: (N,) of the step, before the reset
    components: name -> (N,) the reward's terms
    terminated, truncated: (N,) bool, fell or failed; reached the time limit
    success: (N,) the task's success of the step, in the unit of its `success_words`
    """

    observation: Tensor
    reward: Tensor
    terminated: Tensor
    truncated: Tensor
    success: Tensor
    components: dict[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class SignedOrder:
    """A mirror image of rows of numbers: other columns (C,), some with the other sign."""

    order: Tensor
    signs: Tensor

    def __call__(self, values: Tensor) -> Tensor:
        """Mirror (..., C)."""
        return values[..., self.order] * self.signs


@dataclass(frozen=True)
class Mirror:
    """The mirror images of observations (..., O) and actions (..., D): left for right, the clock half a stride on.

    privileged: of what the critic alone sees (..., P), where there is such
    """

    observation: SignedOrder
    actions: SignedOrder
    privileged: SignedOrder | None = None


def check_state(state: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> None:
    """Raise a `ValueError` if a state to restore has other names or shapes than the environment's own."""
    shapes, expected = ({name: tuple(t.shape) for name, t in s.items()} for s in (state, own))
    if shapes != expected:
        raise ValueError(f"the state belongs to another environment: {shapes}, expected {expected}")


class BatchedEnv(ABC):
    """N agents simulated in parallel, on torch tensors."""

    num_envs: int
    num_observations: int
    num_actions: int
    num_privileged: int = 0
    """P, entries that the critic sees instead of the observation; 0: it sees what the policy sees."""
    device: str
    dt: float
    episode_steps: int
    auto_reset: bool = True
    """Whether `step` resets agents whose episode ended; False: they continue, as rollouts need."""
    training_starts: bool = False
    """Whether episodes start as in training, possibly in motion; False: at rest."""
    standing_height: float | None = None
    """Height of the trunk's middle in the default pose, m, where the motion to learn is a single one."""
    observation_names: list[str]
    """(O,) name of each observation entry, e.g. "base_lin_vel.x", for the exported policy."""
    robustness: Sequence[Mapping[str, Any]] = ()
    """What training episodes draw anew, as plain values for the policy's files; nothing: all are alike."""
    action_meaning: dict[str, Any]
    """What actions do, for the exported policy: "action" in words, the values it refers to, their "units"."""

    def mirror(self) -> Mirror | None:
        """How observations and actions are mirrored, for `training.mirror`; None: the motion to learn is not symmetric."""
        raise UserError("training.mirror: this environment has no left and right; set it to false")

    def privileged(self) -> Tensor:
        """(N, P) what the critic sees of the agents as they are now, true and without delay."""
        raise NotImplementedError(f"{type(self).__name__} shows the critic what the policy sees")

    @abstractmethod
    def reset(self) -> Tensor:
        """Reset all agents -> observation (N, O)."""

    def spread_episodes(self) -> None:  # noqa: B027  (a backend may do without)
        """Give the agents different episode ages after a reset, so that every rollout contains episode starts."""

    @abstractmethod
    def step(self, actions: Tensor) -> StepResult:
        """Advance one control step with `actions` (N, D), clipped to -1..1."""

    @abstractmethod
    def signals(self, names: Collection[str] | None = None) -> dict[str, Tensor]:
        """The catalogue's signals of the current state, all or only `names`; scalars are floats."""

    @abstractmethod
    def set_commands(self, commands: Tensor) -> None:
        """Fix the commands (N, 3), also across resets."""

    @abstractmethod
    def keypoints_world(self) -> Tensor:
        """(N, J, 3) the robot's keypoints in the world, m, in the reference's order."""

    @abstractmethod
    def qpos(self) -> Tensor:
        """(N, nq) generalised positions: base position m, base quaternion w x y z, joints rad."""

    @abstractmethod
    def state(self) -> dict[str, Tensor]:
        """Everything that the future depends on: physics, episodes, commands, last actions, random numbers.

        Plain tensors by name, copies, of any shape and device. An identically built environment that restores them
        continues bit for bit like this one under the same actions. Compiled, bound or derived data is left out.
        """

    @abstractmethod
    def restore(self, state: dict[str, Tensor]) -> None:
        """Restore all agents to a `state()`, possibly from another device; other shapes are a `ValueError`."""

    @abstractmethod
    def close(self) -> None:
        """Release the simulator's resources."""
