"""The rollout of a round: one batch of worlds, each slice of it acted in by its own policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from video2reward.policy.failure import CandidateFailedError, in_full
from video2reward.policy.seeding import own_generator
from video2reward.policy.together.learner import Learner
from video2reward.policy.together.members import Member
from video2reward.policy.together.rewards import SlicedReward
from video2reward.policy.vecenv import RolloutFigures, check_observation
from video2reward.sim.base import BatchedEnv, StepResult


@dataclass(frozen=True)
class Group:
    """Members first, first + 1, ... and the learner that trains them."""

    first: int
    learner: Learner
    members: Sequence[Member]

    @property
    def learns(self) -> bool:
        """Whether any of them is still being trained."""
        return any(member.learns for member in self.members)

    def of(self, values: Tensor) -> Tensor:
        """Return the group's part of (K N, ...), as (members, N, ...)."""
        agents, count = self.learner.agents, len(self.members)
        return values[self.first * agents : (self.first + count) * agents].unflatten(0, (count, agents))


class Collector:
    """Steps the worlds with all policies and notes whose reward or robot failed.

    figures: each member's rollout figures; observation: (K N, O), of the agents now
    """

    def __init__(self, env: BatchedEnv, reward: SlicedReward, members: Sequence[Member]) -> None:
        """Take over an environment whose agents are the members' slices one after another."""
        self.env, self.reward, self.members = env, reward, members
        self.agents = env.num_envs // len(members)
        env.training_starts = True
        self.figures = [RolloutFigures(self.agents, env.device) for _ in members]
        self.noise = [own_generator("actions", member.seed, env.device) for member in members]
        self.observation = torch.empty(0)

    def begin(self) -> None:
        """Start all agents, at different episode ages."""
        self.observation = self.env.reset()
        self.env.spread_episodes()

    def play(self, groups: Sequence[Group], horizon: int) -> None:
        """Take `horizon` steps, which the learners keep."""
        for i, member in enumerate(self.members):
            self.figures[i].clear()
            if not member.learns:
                self.reward.drop(i)
        shape = (horizon, self.agents, self.env.num_actions)
        noise = [torch.randn(shape, generator=one, device=self.env.device) for one in self.noise]
        for t in range(horizon):
            actions = self._act(groups, t, [part[t] for part in noise])
            result = self.env.step(actions)
            self._judge(result)
            self.observation = result.observation
            ended, timed_out = result.terminated | result.truncated, result.truncated & ~result.terminated
            for group in groups:
                if group.learns:
                    group.learner.receive(t, *(group.of(part) for part in (result.reward, ended, timed_out)))

    def state(self) -> dict[str, Any]:
        """Return everything that later rollouts depend on."""
        return {
            "env": self.env.state(),
            "observation": self.observation,
            "figures": [figures.state() for figures in self.figures],
            "noise": [generator.get_state() for generator in self.noise],
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Set a `state()`."""
        self.env.restore(state["env"])
        self.observation = state["observation"].to(self.env.device)
        for figures, kept in zip(self.figures, state["figures"], strict=True):
            figures.restore(kept)
        for generator, own in zip(self.noise, state["noise"], strict=True):
            generator.set_state(own.cpu())

    def _act(self, groups: Sequence[Group], t: int, noise: list[Tensor]) -> Tensor:
        """Return the actions (K N, D) of all agents; those whose training has ended rest."""
        actions = torch.zeros(self.env.num_envs, self.env.num_actions, device=self.env.device)
        for group in groups:
            if not group.learns:
                continue
            drawn = torch.stack(noise[group.first : group.first + len(group.members)])
            acted = group.learner.act(t, group.of(self.observation), drawn)
            for part, own, member in zip(group.of(actions), acted, group.members, strict=True):
                if member.learns:
                    part.copy_(own)
        return actions

    def _judge(self, result: StepResult) -> None:
        """Note each member's figures of a step, and the failures in it."""
        # One wait for the device a step, whatever the number of members.
        fine = torch.isfinite(result.observation).view(len(self.members), -1).all(1).tolist()
        for i, member in enumerate(self.members):
            if not member.learns:
                continue
            own = _part(result, slice(i * self.agents, (i + 1) * self.agents), self.reward.components[i])
            if i in self.reward.failures:
                member.fail(self.reward.failures[i])
            elif fine[i]:
                self.figures[i].add(own)
            else:
                try:
                    check_observation(own.observation, self.env.observation_names)
                except CandidateFailedError as error:
                    member.fail(in_full(error))
                    self.reward.drop(i)


def _part(result: StepResult, rows: slice, components: dict[str, Tensor]) -> StepResult:
    """Return a slice of a step's result, with its own components."""
    return StepResult(
        result.observation[rows],
        result.reward[rows],
        result.terminated[rows],
        result.truncated[rows],
        result.success[rows],
        components,
    )
