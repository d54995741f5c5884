"""One candidate of a round that is trained with others: where it starts, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from video2reward.policy.beginning import Beginning
from video2reward.policy.network import Policy
from video2reward.policy.parameters import EVENTS
from video2reward.policy.train import Trained


@dataclass
class Member:
    """A candidate's training; `trained` is its result so far.

    number: of the candidate; label: prefix of what is printed about it
    work: folder of its TensorBoard events; seed: of its weights, its actions and its agents' starts
    """

    number: int
    label: str
    seed: int
    start: Beginning
    work: Path
    trained: Trained = field(init=False)

    def __post_init__(self) -> None:
        """Nothing has happened yet."""
        self.trained = Trained("ok", seed=self.seed, start=self.start)

    @property
    def events(self) -> Path:
        """Folder of its TensorBoard events."""
        return self.work / EVENTS

    @property
    def learns(self) -> bool:
        """Whether it is still being trained: it has neither failed nor stopped."""
        return self.trained.status == "ok" and self.trained.policy is None

    def fail(self, traceback: str) -> None:
        """End it as failed."""
        self.trained.status, self.trained.traceback, self.trained.policy = "failed", traceback, None
        print(f"{self.label}: failed: {traceback.strip().splitlines()[-1]}", flush=True)

    def state(self) -> dict[str, Any]:
        """Return what has become of it as plain values and tensors."""
        done = self.trained
        names = ("status", "traceback", "rows", "steps", "seconds", "stopped_early")
        policy = None if done.policy is None else dict(done.policy.state_dict())
        return {"policy": policy} | {name: getattr(done, name) for name in names}

    def set_state(self, state: dict[str, Any], empty: Policy) -> None:
        """Set a `state()`; `empty` takes the weights of a policy, if it has one."""
        kept = dict(state)
        weights = kept.pop("policy")
        for name, value in kept.items():
            setattr(self.trained, name, value)
        if weights is not None:
            empty.load_state_dict(weights)
            self.trained.policy = empty.requires_grad_(False).eval()
