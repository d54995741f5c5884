"""Checkpoints of a running training: what a killed one goes on from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from rl_games.algos_torch.a2c_continuous import A2CAgent

from video2reward.artifacts.io import atomic_path
from video2reward.policy.seeding import generator_states, restore_generators


class Checkpoint:
    """One file in the work folder, replaced atomically.

    It holds model, optimiser, normalisers, random generators, counters and the curves so far; the
    simulator's agents start new episodes when a training goes on.
    """

    def __init__(self, work: Path, identity: str) -> None:
        """Look after `work`/checkpoint.pt; `identity` names the training, only its own is taken up."""
        self.path = work / "checkpoint.pt"
        self._identity = identity

    def save(self, agent: A2CAgent, rows: list[dict[str, float]], seconds: float) -> None:
        """Write the present state."""
        content = {
            "identity": self._identity,
            "agent": agent.get_full_state_weights(),
            "last_lr": agent.last_lr,
            "generators": generator_states(),
            "rows": rows,
            "seconds": seconds,
        }
        with atomic_path(self.path) as aside:
            torch.save(content, aside)

    def read(self) -> dict[str, Any] | None:
        """Return what `save` wrote, or None if there is nothing or another training's."""
        if not self.path.exists():
            return None
        # Our own file, not a candidate's: it holds the generators' states, which weights_only refuses.
        content: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=False)
        if content["identity"] != self._identity:
            print(f"{self.path} belongs to other settings, code or inputs; starting afresh", flush=True)
            return None
        return content

    @staticmethod
    def restore(agent: A2CAgent, content: dict[str, Any]) -> tuple[list[dict[str, float]], float]:
        """Bring `agent` and the random generators to a saved state -> (rows, seconds so far)."""
        agent.set_full_state_weights(content["agent"])
        agent.last_lr = content["last_lr"]
        agent.update_lr(agent.last_lr)
        restore_generators(content["generators"])
        return content["rows"], content["seconds"]

    def remove(self) -> None:
        """Delete the file; called when the training's outputs are written."""
        self.path.unlink(missing_ok=True)
