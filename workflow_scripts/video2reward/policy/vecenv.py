"""Wrap a `BatchedEnv` as rl-games' vectorised environment, which also records the rollout's figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from gymnasium.spaces import Box
from rl_games.common.ivecenv import IVecEnv
from torch import Tensor

from video2reward.artifacts.curves import COMPONENT
from video2reward.policy.failure import CandidateFailedError
from video2reward.sim.base import BatchedEnv, StepResult


class RolloutFigures:
    """Sums over one rollout (the steps between two updates), kept on the device: a step does not wait for them."""

    def __init__(self, num_envs: int, device: str) -> None:
        """Start with empty sums and every agent at the start of an episode."""
        self._num_envs = num_envs
        self._lengths = torch.zeros(num_envs, device=device)
        self._last_length = 0.0
        self.clear()

    def clear(self) -> None:
        """Reset the sums but keep the running episodes."""
        self._steps = 0
        self._success: Tensor | float = 0.0
        self._names: tuple[str, ...] = ()
        self._sums: Tensor | None = None

    def add(self, result: StepResult) -> None:
        """Add one step of all agents."""
        self._steps += 1
        self._success = result.success.mean()
        self._names = tuple(result.components)
        self._lengths += 1
        ended = result.terminated | result.truncated
        counts = torch.stack([result.terminated, ended, self._lengths * ended]).double().sum(1)
        means = torch.stack([result.reward, *result.components.values()]).mean(1)
        step = torch.cat([counts, means.double()])
        self._sums = step if self._sums is None else self._sums + step
        self._lengths.masked_fill_(ended, 0)

    def state(self) -> dict[str, Any]:
        """Return the running episodes, which `clear` keeps."""
        return {"lengths": self._lengths.clone(), "last_length": self._last_length}

    def restore(self, state: dict[str, Any]) -> None:
        """Restore a `state()`."""
        self._lengths.copy_(state["lengths"])
        self._last_length = state["last_length"]

    def row(self) -> dict[str, float]:
        """Return the rollout's figures.

        reward, reward/<component>: means over agents and steps, per step
        success: mean over agents at the rollout's last step, as Eureka's H_mts reads it
        episode_length: steps, mean over the episodes that ended here (if none did, the last known mean, or the mean
        of the running episodes)
        terminated_fraction: falls per agent during the rollout
        """
        sums = [0.0] * 4 if self._sums is None else self._sums.tolist()
        falls, ended, ended_length, reward, *parts = sums
        if ended:
            self._last_length = ended_length / ended
        length = self._last_length or float(self._lengths.mean())
        steps = max(self._steps, 1)
        return {
            "reward": reward / steps,
            "success": float(self._success),
            "episode_length": length,
            "terminated_fraction": falls / self._num_envs,
            **{f"{COMPONENT}{name}": part / steps for name, part in zip(self._names, parts, strict=True)},
        }


Seen = Tensor | dict[str, Tensor]
"""Observations (N, O); where the critic sees more, both under rl-games' names: obs (N, O), states (N, P)."""


class VecEnv(IVecEnv):
    """The environment that rl-games steps; a non-finite observation ends the training."""

    def __init__(self, env: BatchedEnv) -> None:
        """Wrap `env`."""
        self.env = env
        env.training_starts = True
        self.figures = RolloutFigures(env.num_envs, env.device)

    def get_env_info(self) -> dict[str, Any]:
        """Return the spaces in rl-games' format."""
        state = (
            Box(-np.inf, np.inf, (self.env.num_privileged,), np.float32) if self.env.num_privileged else None
        )
        return {
            "state_space": state,
            "observation_space": Box(-np.inf, np.inf, (self.env.num_observations,), np.float32),
            "action_space": Box(-1.0, 1.0, (self.env.num_actions,), np.float32),
            "agents": 1,
            "value_size": 1,
        }

    def get_number_of_agents(self) -> int:
        """Return the number of learning agents in one environment: one."""
        return 1

    def reset(self) -> Seen:
        """Reset all agents, at different episode ages -> (N, O)."""
        observation = self.env.reset()
        self.env.spread_episodes()
        return self._seen(observation)

    def get_env_state(self) -> dict[str, Any]:
        """Return the agents' complete state, which rl-games stores with the weights."""
        return {"env": self.env.state(), "figures": self.figures.state()}

    def set_env_state(self, state: dict[str, Any]) -> None:
        """Restore the agents to a `get_env_state()`."""
        self.env.restore(state["env"])
        self.figures.restore(state["figures"])

    def step(self, actions: Tensor) -> tuple[Seen, Tensor, Tensor, dict[str, Tensor]]:
        """Step all agents -> observation, reward, done, infos with `time_outs` for value bootstrapping."""
        result = self.env.step(actions)
        check_observation(result.observation, self.env.observation_names)
        self.figures.add(result)
        done = result.terminated | result.truncated
        time_outs = result.truncated & ~result.terminated
        return self._seen(result.observation), result.reward, done, {"time_outs": time_outs}

    def _seen(self, observation: Tensor) -> Seen:
        if not self.env.num_privileged:
            return observation
        return {"obs": observation, "states": self.env.privileged()}


def check_observation(observation: Tensor, names: list[str]) -> None:
    """Raise a `CandidateFailedError` unless (N, O) is finite; `GuardedReward` has checked the reward's results."""
    if not bool(torch.isfinite(observation).all()):
        columns = (~torch.isfinite(observation)).any(0).nonzero().flatten().tolist()
        named = ", ".join(names[i] for i in columns[:5])
        raise CandidateFailedError(f"the observation is NaN or infinite: {named}")
