"""PPO training of one policy on one reward: budget, curves, progress, checkpoints, verdict."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from rl_games.algos_torch import torch_ext
from rl_games.algos_torch.a2c_continuous import A2CAgent

from video2reward.artifacts.io import Provenance
from video2reward.policy.agent import make_agent, start_from, to_policy
from video2reward.policy.beginning import NEVER_BEGAN, Beginning
from video2reward.policy.checkpoint import Checkpoint, identity_of
from video2reward.policy.failure import CandidateFailedError, in_full
from video2reward.policy.network import Policy, load_policy
from video2reward.policy.parameters import EVENTS
from video2reward.policy.progress import PROGRESS_S, Clock, check_finite, log_row, progress_line
from video2reward.policy.seeding import seed_everything
from video2reward.policy.vecenv import VecEnv
from video2reward.settings.training import Training
from video2reward.sim.base import BatchedEnv

Stop = Callable[[list[dict[str, float]]], str]
"""Rows so far -> why training should stop here, "" if it should continue; depends on the rows alone."""
AfterEpoch = Callable[[int, Callable[[], Policy]], None]
"""Called with the steps so far and a function that returns the policy as it is then."""


@dataclass
class Trained:
    """The result of a training run.

    status: "ok" or "failed" (the candidate's own fault, see `traceback`)
    rows: one per epoch, the columns of training_<k>.csv
    steps: environment steps of all agents; seconds: wall time, over all resumed parts
    start: what it started from
    stopped_early: why it stopped before the end of its budget, "" if it did not
    """

    status: str
    traceback: str = ""
    policy: Policy | None = None
    rows: list[dict[str, float]] = field(default_factory=list)
    steps: int = 0
    seconds: float = 0.0
    seed: int = 0
    start: Beginning = NEVER_BEGAN
    stopped_early: str = ""
    checkpoint: Checkpoint | None = None

    def forget_checkpoint(self) -> None:
        """Delete the checkpoint; called once the outputs are written, so that a rerun trains again."""
        if self.checkpoint is not None:
            self.checkpoint.remove()

    @property
    def h_mts(self) -> float | None:
        """Maximum over epochs of the success at the rollout's last step (Eureka's task score)."""
        return max((row["success"] for row in self.rows), default=None)


def train(
    env: BatchedEnv,
    training: Training,
    *,
    seed: int,
    start: Beginning,
    work: Path,
    steps: int,
    label: str,
    stop: Stop | None = None,
    after_epoch: AfterEpoch | None = None,
    meta: dict[str, Any] | None = None,
    provenance: Provenance | None = None,
) -> Trained:
    """Train on `env` for `steps` environment steps and return the last policy.

    work: folder for checkpoints and TensorBoard events; a killed run with the same provenance, settings and seed
    resumes from there and ends like an undisturbed one, except for wall times
    label: prefix of each progress line; meta: goes into the policy file
    stop: early-stopping rule, called after every epoch; the policy at that point is the result
    after_epoch: called after every epoch, for benchmarks
    """
    seed_everything(seed)
    result = Trained("ok", seed=seed, start=start)
    key = identity_of(training, provenance, seed, steps, start.digest, env.num_envs)
    result.checkpoint = Checkpoint(work, key)
    saved = result.checkpoint.read()
    if saved is None:
        shutil.rmtree(work / EVENTS, ignore_errors=True)  # curves of an older run
    agent = make_agent(VecEnv(env), training, work)
    about = {"observation_names": env.observation_names, **(meta or {})}
    run = _Run(agent, result.checkpoint, training, label, steps, stop)
    if after_epoch is not None:
        run.after_epoch = lambda: after_epoch(
            int(agent.frame), lambda: to_policy(agent, training.units, about)
        )
    if saved is not None:
        run.rows, run.seconds = result.checkpoint.restore(agent, saved)
        print(f"{label}: resuming at step {agent.frame:,}", flush=True)
    else:
        if start.policy is not None:
            start_from(agent, load_policy(start.policy), training, env.observation_names)
        agent.obs = agent.env_reset()
    try:
        result.stopped_early = run.loop()
        result.policy = to_policy(agent, training.units, about)
    except CandidateFailedError as error:
        result.status, result.traceback = "failed", in_full(error)
        print(f"{label}: failed: {result.traceback.strip().splitlines()[-1]}", flush=True)
    finally:
        agent.writer.close()
    result.rows, result.steps, result.seconds = run.rows, int(agent.frame), run.seconds
    return result


class _Run:
    """The training loop: per epoch one rollout of `horizon` steps of all agents, then the updates."""

    def __init__(
        self,
        agent: A2CAgent,
        checkpoint: Checkpoint,
        training: Training,
        label: str,
        steps: int,
        stop: Stop | None,
    ) -> None:
        self.agent = agent
        self.vecenv: VecEnv = agent.vec_env
        self.checkpoint = checkpoint
        self.training = training
        self.label = label
        self.steps = steps
        self.stop = stop
        self.rows: list[dict[str, float]] = []
        self.seconds = 0.0
        self.after_epoch: Callable[[], None] = lambda: None

    def loop(self) -> str:
        """Train until the budget is spent or the rule stops it -> why it stopped early, "" if it did not."""
        clock, first_step = Clock(self.seconds), int(self.agent.frame)
        shown = saved = 0.0
        while self.agent.frame < self.steps:
            row = self._epoch()
            now, self.seconds = clock.here, clock.seconds
            row["seconds"] = self.seconds
            self.rows.append(row)
            log_row(self.agent.writer, row)
            self.after_epoch()
            done = self.agent.frame >= self.steps
            why = self.stop(self.rows) if self.stop and not done else ""
            if now - shown >= PROGRESS_S or done or why:
                shown = now
                rate = (self.agent.frame - first_step) / max(now, 1e-9)
                print(self._line(row, rate), flush=True)
            if why:
                print(f"{self.label}: stopped early: {why}", flush=True)
                return why
            if now - saved >= self.training.checkpoint_s and not done:
                saved = now
                self.checkpoint.save(self.agent, self.rows, self.seconds)
        return ""

    def _epoch(self) -> dict[str, float]:
        agent = self.agent
        self.vecenv.figures.clear()
        agent.update_epoch()
        _, _, _, _, a_losses, c_losses, _, _, kls, _, _ = agent.train_epoch()
        agent.dataset.update_values_dict(None)
        agent.frame += agent.curr_frames
        kl, actor_loss, critic_loss = (
            float(torch_ext.mean_list(values).detach()) for values in (kls, a_losses, c_losses)
        )
        losses = {"KL divergence": kl, "actor loss": actor_loss, "critic loss": critic_loss}
        finite = all(bool(torch.isfinite(p).all()) for p in agent.model.parameters())
        check_finite(int(agent.frame), losses, finite)
        sigma = float(agent.model.a2c_network.sigma.detach().exp().mean())
        return {
            "step": int(agent.frame),
            "epoch": agent.epoch_num,
            "seconds": 0.0,
            **self.vecenv.figures.row(),
            "kl": kl,
            "lr": float(agent.last_lr),
            "sigma": sigma,
        }

    def _line(self, row: dict[str, float], rate: float) -> str:
        length = row["episode_length"] * self.vecenv.env.dt
        progress = progress_line(self.label, int(row["step"]), self.steps, rate)
        return f"{progress}  success {row['success']:.3f}  episode {length:.1f} s"
