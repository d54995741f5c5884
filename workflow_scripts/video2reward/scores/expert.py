"""Terms of the published hand-written rewards, used by the Video2Reward paper to evaluate policies (Table 2).

Formulas and scales are those of IsaacGymEnvs 1.5.1: Anymal.yaml and anymal.py, Humanoid.yaml and humanoid.py.
They are separate from the tasks, whose source is part of the prompt and must not reveal the expert's reward.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.rollout import Rollout

_SIGMA = 0.25  # (m/s)^2, (rad/s)^2
_UPRIGHT = 0.93


@dataclass(frozen=True)
class ExpertTerm:
    """A term, summed over an episode of the published length.

    scale: maximum per step, including published step length and scale; steps: length of the published episode
    share: rollout -> (A, T) fraction of the maximum earned in each step, 0..1
    meaning: the term of one step, in words
    """

    scale: float
    steps: int
    share: Callable[[Rollout], np.ndarray]
    meaning: str

    @property
    def ceiling(self) -> float:
        """The maximum of the sum."""
        return self.scale * self.steps

    @property
    def definition(self) -> str:
        """The definition of the summed term, in words."""
        return (
            f"{self.meaning}, summed over an episode of the published {self.steps} steps (the mean of a rollout's "
            f"steps by {self.steps}): at most {self.ceiling:g}; nothing from a fall on; mean over all agents"
        )

    def sum(self, rollout: Rollout) -> float:
        """Return the mean over agents of the scaled sum; NaN without agents."""
        up = np.arange(rollout.qpos.shape[1])[None] < np.asarray(rollout.fell_at)[:, None]
        shares = np.where(up, self.share(rollout), 0.0)
        return self.ceiling * float(shares.mean()) if shares.size else float("nan")


def expert_sums(task: str, rollout: Rollout) -> dict[str, float]:
    """Return the sum of each of the task's expert terms over a rollout; a task that nobody published has none."""
    return {name: term.sum(rollout) for name, term in EXPERT_TERMS.get(task, {}).items()}


def expert_definitions(task: str) -> dict[str, str]:
    """Return the definition of each of the task's expert terms."""
    return {name: term.definition for name, term in EXPERT_TERMS.get(task, {}).items()}


def _linear(rollout: Rollout) -> np.ndarray:
    error = np.asarray(rollout.velocity, float)[..., :2] - rollout.commands[:, None, :2]
    return np.exp(-(error**2).sum(-1) / _SIGMA)


def _turning(rollout: Rollout) -> np.ndarray:
    error = np.asarray(rollout.velocity, float)[..., 2] - rollout.commands[:, None, 2]
    return np.exp(-(error**2) / _SIGMA)


def _upright(rollout: Rollout) -> np.ndarray:
    x, y = np.moveaxis(np.asarray(rollout.qpos, float)[..., 4:6], -1, 0)
    return (1 - 2 * (x**2 + y**2) > _UPRIGHT).astype(
        float
    )  # z component of the base's z axis in the world frame


def _alive(rollout: Rollout) -> np.ndarray:
    return np.ones(rollout.qpos.shape[:2])


# Task with a published reward -> name of a term -> the term.
EXPERT_TERMS: dict[str, dict[str, ExpertTerm]] = {
    "velocity": {
        "r_lin": ExpertTerm(
            0.02, 2500, _linear, "0.02 exp(-e / 0.25), e the squared error of vx and vy together, (m/s)^2"
        ),
        "r_ang": ExpertTerm(
            0.01, 2500, _turning, "0.01 exp(-e / 0.25), e the squared error of the yaw rate, (rad/s)^2"
        ),
    },
    "run": {
        "r_up": ExpertTerm(0.1, 1000, _upright, "0.1 where the torso's up axis has more than 0.93 upwards"),
        "r_alive": ExpertTerm(2.0, 1000, _alive, "2"),
    },
}
