"""Recording a rollout of a policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.artifacts.rollout import Rollout
from video2reward.geometry import quaternion_yaw
from video2reward.sim.base import BatchedEnv

SIGNALS = ("base_lin_vel", "base_ang_vel", "torques")
CLOCK = ("phase_sin", "phase_cos")


def roll_out(
    env: BatchedEnv,
    policy: Callable[[Tensor], Tensor],
    seconds: float,
    robot_name: str,
    keypoint_names: Sequence[str],
    progress: Callable[[Iterable[int]], Iterable[int]] | None = None,
) -> Rollout:
    """Reset `env` and record every agent for `seconds` under `policy` (observations -> actions).

    Agents are not reset after a fall or a timeout; `fell_at` is the step of the first fall. The commands are those
    the environment has or draws at the reset. `progress` wraps the loop over steps.
    """
    steps = max(1, round(seconds / env.dt))
    before, env.auto_reset = env.auto_reset, False
    try:
        with torch.no_grad():
            return _record(env, policy, steps, robot_name, keypoint_names, progress)
    finally:
        env.auto_reset = before


def no_rollout(nq: int, dt: float, robot_name: str, keypoint_names: Sequence[str], reason: str) -> Rollout:
    """Return the rollout of a round without a policy: no agents, with the reason."""
    return Rollout(
        qpos=np.zeros((0, 0, nq)),
        keypoints=np.zeros((0, 0, len(keypoint_names), 3)),
        heading=np.zeros((0, 0)),
        commands=np.zeros((0, 3)),
        velocity=np.zeros((0, 0, 3)),
        fell_at=np.zeros(0, np.int64),
        dt=dt,
        keypoint_names=tuple(keypoint_names),
        robot=robot_name,
        info={"status": "failed", "reason": reason},
    )


def _record(
    env: BatchedEnv,
    policy: Callable[[Tensor], Tensor],
    steps: int,
    robot_name: str,
    keypoint_names: Sequence[str],
    progress: Callable[[Iterable[int]], Iterable[int]] | None,
) -> Rollout:
    observation = env.reset()
    commands = env.signals(("commands",))["commands"].cpu().numpy().copy()
    tables: dict[str, list[np.ndarray]] = defaultdict(list)
    fell_at, phase = np.full(env.num_envs, steps, np.int64), np.zeros(0)
    for step in progress(range(steps)) if progress else range(steps):
        result = env.step(policy(observation))
        observation = result.observation
        fell_at[(result.terminated.cpu().numpy()) & (fell_at == steps)] = step
        signals = env.signals(SIGNALS)
        if step == 0:
            phase = np.arctan2(*(env.signals(CLOCK)[name].cpu().numpy() for name in CLOCK)) / (2 * np.pi)
        velocity = torch.cat([signals["base_lin_vel"][:, :2], signals["base_ang_vel"][:, 2:]], dim=1)
        moment: dict[str, Any] = {
            "qpos": env.qpos(),
            "keypoints": env.keypoints_world(),
            "velocity": velocity,
            "effort": signals["torques"].abs().mean(dim=1),
        }
        if env.standing_height is not None:
            moment["clearance"] = env.signals(("foot_heights",))["foot_heights"].amin(dim=1)
        for name, values in moment.items():
            tables[name].append(values.cpu().numpy())
    arrays = {name: np.stack(values, axis=1) for name, values in tables.items()}
    return Rollout(
        qpos=arrays["qpos"],
        keypoints=arrays["keypoints"],
        heading=quaternion_yaw(arrays["qpos"][..., 3:7]),
        commands=commands,
        velocity=arrays["velocity"],
        fell_at=fell_at,
        dt=env.dt,
        keypoint_names=tuple(keypoint_names),
        robot=robot_name,
        info={"status": "ok"},
        phase=phase % 1.0,
        clearance=arrays.get("clearance", np.zeros((0, 0))),
        standing_height=env.standing_height,
        effort=arrays["effort"],
    )
