"""States for trying a reward, from a short simulation with random actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from video2reward.sim.base import BatchedEnv

_SNAPSHOTS, _EVERY = 6, 12


def sample_states(env: BatchedEnv, seed: int) -> dict[str, np.ndarray]:
    """Return the catalogue's signals, name -> (9, ...), twelve steps of a simulation apart.

    Actions grow from zero to full range, so the agents stand, stumble and fall. Three more states are derived from the
    first, to find divisions, roots and logarithms that fail: at rest with the command to stand; in the air; on the
    back.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    env.reset()
    states = [_copy(env)]
    for shot in range(1, _SNAPSHOTS):
        for _ in range(_EVERY):
            noise = torch.rand(env.num_envs, env.num_actions, generator=generator) * 2 - 1
            env.step(noise * shot / (_SNAPSHOTS - 1))
        states.append(_copy(env))
    first = states[0]
    states += [_changed(first, _REST), _changed(first, _AIR), _changed(first, _BACK)]
    return {name: np.stack([state[name] for state in states]) for name in first}


_REST = dict.fromkeys(
    ("commands", "base_lin_vel", "base_ang_vel", "joint_vel", "torques", "actions", "last_actions"), 0.0
)
_AIR = {"foot_contacts": 0.0, "foot_heights": 0.2, "collisions": 0.0, "base_height": 0.9}
_BACK: dict[str, Any] = {
    "foot_contacts": 0.0, "foot_heights": 0.5, "collisions": 4.0, "base_height": 0.1, "projected_gravity": (0, 0, 1)
}  # fmt: skip


def _changed(state: dict[str, np.ndarray], values: dict[str, Any]) -> dict[str, np.ndarray]:
    """Return the state with some signals set for all agents."""
    changed = {name: np.broadcast_to(np.float32(value), state[name].shape) for name, value in values.items()}
    return state | changed


def _copy(env: BatchedEnv) -> dict[str, np.ndarray]:
    import torch

    return {
        name: value.detach().cpu().float().numpy().copy()
        if isinstance(value, torch.Tensor)
        else np.array(value, np.float32)
        for name, value in env.signals().items()
    }
