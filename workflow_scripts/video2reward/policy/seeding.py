"""Seed, save and restore the random number generators of training, in one place."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any

import numpy as np
import torch


def seed_everything(seed: int) -> None:
    """Seed the global generators that rl-games and torch draw from."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


@contextmanager
def drawn_from(seed: int) -> Iterator[None]:
    """Seed what torch draws within, on the CPU; outside, its global generator goes on as if nothing had been drawn."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def own_generator(purpose: str, seed: int, device: str) -> torch.Generator:
    """Return a generator whose numbers are independent of those for other purposes with the same seed."""
    drawn = blake2b(f"{purpose} {seed}".encode(), digest_size=8).digest()
    return torch.Generator(device).manual_seed(int.from_bytes(drawn, "little") % 2**63)


def generator_states() -> dict[str, Any]:
    """Return the states of the global generators as tensors and plain values, for a checkpoint."""
    name, keys, *place = np.random.get_state(legacy=True)
    states: dict[str, Any] = {
        "random": random.getstate(),
        "numpy": (name, torch.from_numpy(np.asarray(keys, np.int64)), *place),
        "torch": torch.get_rng_state(),
    }
    if torch.cuda.is_initialized():
        states["cuda"] = torch.cuda.get_rng_state_all()
    return states


def restore_generators(states: dict[str, Any]) -> None:
    """Restore the global generators to `generator_states()`."""
    random.setstate(states["random"])
    name, keys, *place = states["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), *place))
    torch.set_rng_state(states["torch"])
    if "cuda" in states:
        torch.cuda.set_rng_state_all(states["cuda"])
