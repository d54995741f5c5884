"""A training's state as a file of its own, from which another job goes on with it.

It is the last checkpoint of a part: going on learns the part's last epoch again, and then what comes after it, bit for
bit like a training that was never stopped.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from video2reward.artifacts.io import atomic_path
from video2reward.errors import UserError
from video2reward.policy.checkpoint import Checkpoint

EVERY_EPOCH = 1e-9
"""`training.checkpoint_s` of a part that another goes on from."""


def last_state(checkpoint: Checkpoint) -> dict[str, Any] | None:
    """Return what a finished part's last checkpoint holds; None for a part of one epoch, which has none."""
    return checkpoint.read()


def write_state(path: Path, state: Mapping[str, Any] | None) -> None:
    """Write a state; an empty file for none: who goes on from it begins anew."""
    buffer = io.BytesIO()  # torch hides a full disk behind another error
    if state is not None:
        torch.save(dict(state), buffer)
    with atomic_path(path) as aside:
        aside.write_bytes(buffer.getbuffer())


def read_state(path: Path) -> dict[str, Any] | None:
    """Return a state, None if it is empty; only tensors and plain values are read, so a foreign file cannot run code."""
    if not path.stat().st_size:
        return None
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged pickle can raise anything
        raise UserError(
            f"{path} is damaged ({type(error).__name__}); delete it and run the same command again"
        ) from None
    if not isinstance(state, dict):
        raise UserError(f"{path} is not a training's state; delete it and run the same command again")
    return state


def go_on(checkpoint: Checkpoint, state: Mapping[str, Any] | None) -> None:
    """Let the training of `checkpoint` resume from a state of another job; its own checkpoint, after a kill, comes first."""
    if state is not None and not (checkpoint.path.exists() and checkpoint.read() is not None):
        checkpoint.write({name: value for name, value in state.items() if name != "identity"})
