"""Real states to try a reward on: a short simulation with random actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from video2reward.sim.base import BatchedEnv


def sample_states(env: BatchedEnv, seed: int, snapshots: int = 6, every: int = 12) -> list[dict[str, Tensor]]:
    """Return the catalogue's signals at `snapshots` times of a simulation, `every` steps apart.

    Actions grow from none to full range, so that standing, stumbling and falling agents are among
    them. The last state is the first with commands and base velocities of zero, where divisions by
    a speed fail.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    env.reset()
    states = [_copy(env)]
    for shot in range(1, snapshots):
        for _ in range(every):
            noise = torch.rand(env.num_envs, env.num_actions, generator=generator) * 2 - 1
            env.step(noise * shot / (snapshots - 1))
        states.append(_copy(env))
    still = {name: value.clone() for name, value in states[0].items()}
    for name in ("commands", "base_lin_vel", "base_ang_vel", "joint_vel", "actions", "last_actions"):
        still[name].zero_()
    return [*states, still]


def _copy(env: BatchedEnv) -> dict[str, Tensor]:
    import torch

    return {
        name: value.detach().cpu().clone() if isinstance(value, torch.Tensor) else torch.tensor(float(value))
        for name, value in env.signals().items()
    }
