"""Checkpoints of a training run, from which a killed run resumes."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from rl_games.algos_torch.a2c_continuous import A2CAgent

from video2reward.artifacts.io import atomic_path
from video2reward.errors import UserError
from video2reward.policy.agent import agent_state, restore_agent
from video2reward.policy.seeding import generator_states, restore_generators
from video2reward.settings.training import Training


def identity_of(training: Training, *more: Any) -> str:
    """Return the identity of a training's checkpoints: the settings that its result depends on, and plain values."""
    settings = training.model_dump(mode="json", exclude={"threads", "checkpoint_s", "server", "together"})
    return json.dumps([settings, *more], sort_keys=True)


class Checkpoint:
    """One file in the work folder, replaced atomically.

    It holds the learner, the simulator's agents, the random generators and the curves so far: a resumed run ends bit
    for bit like one that was never killed (with the same number of threads). Only tensors and plain values are written
    and read, so a foreign file cannot run code.
    """

    def __init__(self, work: Path, identity: str) -> None:
        """Manage `work`/checkpoint.pt; only a checkpoint with the same `identity` is resumed."""
        self.path = work / "checkpoint.pt"
        self._identity = identity

    def save(self, agent: A2CAgent, rows: list[dict[str, float]], seconds: float) -> None:
        """Write the current state."""
        self.write({"agent": agent_state(agent), "rows": rows, "seconds": seconds})

    def write(self, state: dict[str, Any]) -> None:
        """Write a state of plain values and tensors, and that of the global random generators."""
        content = {"identity": self._identity, "generators": generator_states(), **state}
        buffer = io.BytesIO()  # torch hides a full disk behind another error
        torch.save(content, buffer)
        with atomic_path(self.path) as aside:
            aside.write_bytes(buffer.getbuffer())

    def read(self) -> dict[str, Any] | None:
        """Return the content written by `save`, None if there is none or it belongs to another training run."""
        if not self.path.exists():
            return None
        try:
            content = torch.load(self.path, map_location="cpu", weights_only=True)
        except Exception as error:  # a damaged pickle can raise anything
            print(f"{self.path} is damaged ({type(error).__name__}); starting from scratch", flush=True)
            return None
        if not isinstance(content, dict) or content.get("identity") != self._identity:
            print(f"{self.path} belongs to other settings, code or inputs; starting from scratch", flush=True)
            return None
        return content

    def restore(self, agent: A2CAgent, content: dict[str, Any]) -> tuple[list[dict[str, float]], float]:
        """Restore `agent` and the random generators to a saved state -> (rows, seconds so far)."""
        self.resume(content, lambda state: restore_agent(agent, state["agent"]))
        return content["rows"], float(content["seconds"])

    def resume(self, content: dict[str, Any], restore: Callable[[dict[str, Any]], None]) -> None:
        """Have `restore` set a state that was written, and set the random generators."""
        try:
            restore(content)
            restore_generators(content["generators"])
        except (KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
            raise UserError(
                f"{self.path} is not a checkpoint of this training: {str(error).splitlines()[0][:200]}; delete it and run "
                "again"
            ) from None

    def remove(self) -> None:
        """Delete the file and partial files of killed runs; called once the training's outputs are written."""
        self.path.unlink(missing_ok=True)
        for half in self.path.parent.glob(f".{self.path.name}.*"):
            shutil.rmtree(half, ignore_errors=True)
