"""Evaluate a policy: falls, speed, velocity error, success and similarity to the clip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.artifacts.success import H_MTS
from video2reward.policy.network import Policy
from video2reward.scores.smoothness import foot_smoothness
from video2reward.scores.statistics import interval
from video2reward.settings.wish import MeasuredWish
from video2reward.sim.base import BatchedEnv
from video2reward.similarity import gait_similarity, paper_similarity, posture_similarity
from video2reward.similarity.jumps import jump_figures
from video2reward.wishes.fulfilment import wish_fulfilment

Act = Callable[[Tensor], Tensor]
# (environment, observations -> actions, seconds) -> rollout of the agents.
RollOut = Callable[[BatchedEnv, Act, float], Rollout]
# A rollout -> the success of each agent (A,), as the task defines it.
TaskSuccess = Callable[[Rollout], np.ndarray]
# A rollout -> the sums of the task's expert terms over a published episode.
ExpertSums = Callable[[Rollout], dict[str, float]]

SETTLE_S = 1.0
DEFINITIONS = {
    "deterministic": "every action is the policy's mean",
    "sampled": "every action is drawn from the policy's distribution, as in training",
    "falls": "fraction of the agents that fell at the command (v*, 0, 0), v* the clip's speed on this robot",
    "speed": f"mean forward velocity after the first {SETTLE_S:.0f} s, m/s; 0 after a fall",
    "speed_ratio": "speed / v*",
    "velocity_error": "norm of the difference between the commanded velocity and the velocity averaged over "
    f"one reference period, m/s; mean after the first {SETTLE_S:.0f} s; velocity 0 after a fall",
    "velocity_error_ratio": "velocity_error / v*",
    "command_falls": "fraction of the agents that fell with the training commands, on the training's ground",
    "expert": "terms of the published hand-written reward, each defined by its name, with the training commands",
    "expert_at_clip_speed": "the same at the command (v*, 0, 0)",
    "h_mts": H_MTS,
}


def evaluate(
    policy: Policy,
    make_env: Callable[[int, bool], BatchedEnv],
    reference: Reference,
    motion: Motion,
    roll_out: RollOut,
    task_success: TaskSuccess,
    expert: ExpertSums,
    *,
    seconds: float,
    seed: int,
    sampled: bool,
    wish: MeasuredWish | None = None,
) -> dict[str, Any]:
    """Evaluate a policy deterministically and, if `sampled`, with its exploration noise -> figures by kind of action.

    make_env: seed, whether on flat ground -> a new environment with the training commands, else on the training's ground;
    every evaluation gets the same one
    """
    acts: dict[str, Act] = {"deterministic": policy}
    if sampled:
        generator = torch.Generator(policy.mean.device).manual_seed(seed)
        acts["sampled"] = lambda observations: policy.sample(observations, generator)
    return {
        kind: {
            **_at_clip_speed(make_env(seed, True), act, reference, motion, roll_out, expert, seconds, wish),
            **_on_commands(make_env(seed + 1, False), act, roll_out, task_success, expert, seconds),
        }
        for kind, act in acts.items()
    }


def walking_figures(rollout: Rollout, period_s: float) -> dict[str, float]:
    """Return falls, speed and velocity error of a rollout with a fixed forward command."""
    velocity = rollout.velocity_until_fall
    settle = _settle(rollout)
    wanted = float(rollout.commands[:, 0].mean())
    speed = float(velocity[:, settle:, 0].mean())
    averaged = moving_average(velocity, round(period_s / rollout.dt))[:, settle:]
    error = np.linalg.norm(averaged[..., :2] - rollout.commands[:, None, :2], axis=-1)
    return {
        "falls": float(rollout.fell.mean()),
        "speed": speed,
        "speed_ratio": speed / wanted if wanted else float("nan"),
        "velocity_error": float(error.mean()),
        "velocity_error_ratio": float(error.mean()) / wanted if wanted else float("nan"),
    }


def success(agents: np.ndarray) -> dict[str, Any]:
    """Return the mean of the agents' success (A,) and its 95 % confidence interval."""
    found = interval(agents.tolist())
    return {"mean": found.mean, "interval": [found.low, found.high]}


def moving_average(values: np.ndarray, width: int) -> np.ndarray:
    """Return the moving average of (A, T, C) over `width` steps around each step, fewer at the ends."""
    from scipy.ndimage import convolve1d

    width = max(1, min(width, values.shape[1]))
    window = np.ones(width)
    counts = convolve1d(np.ones(values.shape[1]), window, mode="constant")
    return convolve1d(values, window, axis=1, mode="constant") / counts[None, :, None]


def _at_clip_speed(
    env: BatchedEnv,
    act: Act,
    reference: Reference,
    motion: Motion,
    roll_out: RollOut,
    expert: ExpertSums,
    seconds: float,
    wish: MeasuredWish | None,
) -> dict[str, Any]:
    command = torch.tensor([reference.speed, 0.0, 0.0], device=env.device)
    env.set_commands(command.expand(env.num_envs, 3).clone())
    rollout = roll_out(env, act, seconds)
    env.close()
    gait = gait_similarity(rollout, reference)
    posture = posture_similarity(rollout, reference, gait)
    figures = {
        **walking_figures(rollout, reference.period_s),
        "gait": gait.as_dict(),
        **({"jump": jump_figures(rollout, reference).as_dict()} if reference.kind == "single" else {}),
        "posture": posture.as_dict(),
        "paper": paper_similarity(rollout, motion, reference).as_dict(),
        "smoothness": foot_smoothness(rollout, reference).as_dict(),
        "expert_at_clip_speed": expert(rollout),
    }
    if wish is not None and wish.measured:
        figures["wish"] = wish_fulfilment(rollout, reference, wish, posture.distance, gait.standing)
    return figures


def _on_commands(
    env: BatchedEnv,
    act: Act,
    roll_out: RollOut,
    task_success: TaskSuccess,
    expert: ExpertSums,
    seconds: float,
) -> dict[str, Any]:
    rollout = roll_out(env, act, min(seconds, env.episode_steps * env.dt))
    env.close()
    return {
        "success": success(task_success(rollout)),
        "command_falls": float(rollout.fell.mean()),
        "expert": expert(rollout),
    }


def _settle(rollout: Rollout) -> int:
    """Return the number of initial steps to skip, at most half of the rollout."""
    return min(round(SETTLE_S / rollout.dt), rollout.velocity.shape[1] // 2)
