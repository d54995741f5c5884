"""PPO training of a round's candidates in one process: one batch of worlds, a slice and a policy for each."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch.utils.tensorboard import SummaryWriter

from video2reward.artifacts.io import Provenance
from video2reward.policy.agent import check_minibatches
from video2reward.policy.checkpoint import Checkpoint, identity_of
from video2reward.policy.failure import CandidateFailedError, in_full
from video2reward.policy.network import Policy
from video2reward.policy.progress import PROGRESS_S, Clock, check_finite, log_row, progress_line
from video2reward.policy.seeding import seed_everything
from video2reward.policy.together.beginning import first_policy
from video2reward.policy.together.collect import Collector, Group
from video2reward.policy.together.learner import Learner
from video2reward.policy.together.members import Member
from video2reward.policy.together.rewards import SlicedReward
from video2reward.policy.train import Stop, Trained
from video2reward.settings.training import Training
from video2reward.sim.base import BatchedEnv


def train_together(
    env: BatchedEnv,
    reward: SlicedReward,
    training: Training,
    members: Sequence[Member],
    *,
    work: Path,
    steps: int,
    label: str,
    stop: Stop | None = None,
    failed: Mapping[int, str] = MappingProxyType({}),
    meta: dict[str, Any] | None = None,
    provenance: Provenance | None = None,
) -> list[Trained]:
    """Train each member for `steps` environment steps of its own slice -> their results, in order.

    env: members x agents worlds, rewarded by `reward`; work: folder of the checkpoint, from which a killed run resumes
    failed: number -> reason, of members that have ended this process before: they are not trained any further
    stop: early-stopping rule of each; meta: goes into the policy files; label: prefix of each progress line
    """
    agents = env.num_envs // len(members)
    check_minibatches(training, agents)
    torch.set_num_threads(training.threads)
    seed_everything(members[0].seed)
    own = [[member.seed, member.start.digest] for member in members]
    checkpoint = Checkpoint(work, identity_of(training, provenance, own, steps, agents))
    about = {"observation_names": env.observation_names, **(meta or {})}
    run = _Round(env, reward, training, members, steps, label, stop, about)
    run.begin(checkpoint)
    for member in members:
        member.trained.checkpoint = checkpoint
        if member.number in failed and member.learns:
            member.fail(failed[member.number])
    try:
        run.loop(checkpoint)
    finally:
        run.close()
    return [member.trained for member in members]


class _Round:
    """The training loop: per epoch one rollout of all worlds, then each policy's update."""

    def __init__(
        self,
        env: BatchedEnv,
        reward: SlicedReward,
        training: Training,
        members: Sequence[Member],
        steps: int,
        label: str,
        stop: Stop | None,
        meta: dict[str, Any],
    ) -> None:
        self.training, self.members, self.steps = training, members, steps
        self.label, self.stop, self.meta = label, stop, meta
        self.collector = Collector(env, reward, members)
        # On a CPU a larger matrix product is no cheaper per row, and a learner of one's own ends with its policy.
        size = 1 if env.device == "cpu" else len(members)
        mirror = env.mirror() if training.mirror else None
        self.groups = []
        for first in range(0, len(members), size):
            own = members[first : first + size]
            policies = [first_policy(one.start, training, env, one.seed) for one in own]
            learner = Learner(policies, training, self.collector.agents, env.device, mirror)
            self.groups.append(Group(first, learner, own))
        self.epoch, self.first, self.clock = 0, 0, Clock()
        self.writers: list[SummaryWriter] = []

    @property
    def step(self) -> int:
        """Environment steps of each member so far."""
        return self.epoch * self.collector.agents * self.training.horizon

    @property
    def done(self) -> bool:
        """Whether the budget is spent or nobody learns any more."""
        return self.step >= self.steps or not any(member.learns for member in self.members)

    def begin(self, checkpoint: Checkpoint) -> None:
        """Resume from the checkpoint, or start."""
        saved = checkpoint.read()
        if saved is None:
            for member in self.members:
                shutil.rmtree(member.events, ignore_errors=True)  # curves of an older run
            self.collector.begin()
        else:
            checkpoint.resume(saved, self._set_state)
            print(f"{self.label}: resuming at step {self.step:,}", flush=True)
        self.first, self.clock = self.step, Clock(self.clock.seconds)
        self.writers = [SummaryWriter(str(member.events / "summaries")) for member in self.members]

    def loop(self, checkpoint: Checkpoint) -> None:
        """Train until the budget is spent or nobody learns any more."""
        shown = saved = 0.0
        while not self.done:
            self._train_epoch()
            now = self.clock.here
            if now - shown >= PROGRESS_S or self.done:
                shown = now
                print(self._line(), flush=True)
            if now - saved >= self.training.checkpoint_s and not self.done:
                saved = now
                checkpoint.write(self._state())
        for index, member in enumerate(self.members):
            if member.learns:
                member.trained.policy = self._policy(index)

    def close(self) -> None:
        """Close the event files."""
        for writer in self.writers:
            writer.close()

    def _train_epoch(self) -> None:
        self.collector.play(self.groups, self.training.horizon)
        self.epoch += 1
        for group in self.groups:
            if group.learns:
                self._update(group)

    def _update(self, group: Group) -> None:
        """Update a group's policies; each that learns gets a row, or turns out to have diverged."""
        learner = group.learner
        update = learner.update(group.of(self.collector.observation))
        sigma = learner.networks.log_std.exp().mean(1)
        figures = [update.kl, update.actor, update.critic, learner.rates[:, 0], sigma, learner.finite()]
        columns = torch.stack([figure.double() for figure in figures]).T.tolist()
        for index, (kl, actor, critic, rate, spread, finite) in enumerate(columns, group.first):
            if not self.members[index].learns:
                continue
            losses = {"KL divergence": kl, "actor loss": actor, "critic loss": critic}
            try:
                check_finite(self.step, losses, bool(finite))
            except CandidateFailedError as error:
                self.members[index].fail(in_full(error))
            else:
                self._keep(index, {"kl": kl, "lr": rate, "sigma": spread})

    def _keep(self, index: int, learned: dict[str, float]) -> None:
        """Add an epoch to a member's curves, and stop the member if the rule says so."""
        member, figures = self.members[index], self.collector.figures[index].row()
        trained = member.trained
        trained.steps, trained.seconds = self.step, self.clock.seconds
        row = {"step": self.step, "epoch": self.epoch, "seconds": trained.seconds, **figures, **learned}
        trained.rows.append(row)
        log_row(self.writers[index], row)
        why = self.stop(trained.rows) if self.stop and self.step < self.steps else ""
        if why:
            print(f"{member.label}: stopped early: {why}", flush=True)
            trained.stopped_early, trained.policy = why, self._policy(index)

    def _policy(self, index: int) -> Policy:
        group = next(one for one in reversed(self.groups) if one.first <= index)
        return group.learner.policy(index - group.first, self.meta)

    def _state(self) -> dict[str, Any]:
        return {
            "epoch": self.epoch,
            "seconds": self.clock.seconds,
            "collector": self.collector.state(),
            "learners": [group.learner.state() for group in self.groups],
            "members": [member.state() for member in self.members],
        }

    def _set_state(self, state: dict[str, Any]) -> None:
        self.epoch, self.clock = state["epoch"], Clock(float(state["seconds"]))
        self.collector.set_state(state["collector"])
        for group, kept in zip(self.groups, state["learners"], strict=True):
            group.learner.set_state(kept)
        for index, (member, own) in enumerate(zip(self.members, state["members"], strict=True)):
            member.set_state(own, self._policy(index))

    def _line(self) -> str:
        rate = (self.step - self.first) / max(self.clock.here, 1e-9)
        learning = [member for member in self.members if member.learns]
        progress = progress_line(self.label, self.step, self.steps, rate, f"{len(learning)} x ")
        success = ", ".join(f"{one.trained.rows[-1]['success']:.3f}" for one in learning)
        return f"{progress}  success {success}"
