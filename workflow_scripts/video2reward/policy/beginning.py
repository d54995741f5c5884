"""The starting point of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from video2reward.artifacts.io import digest
from video2reward.errors import UserError
from video2reward.policy.network import Policy, read_policy_file


@dataclass(frozen=True)
class Beginning:
    """What a training run starts from.

    init: "scratch", "base" or "best", "" if it never started
    policy: file of the policy for the warm start, None from scratch
    """

    init: str = "scratch"
    policy: Path | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the policy's file, "" from scratch."""
        return digest(self.policy) if self.policy else ""


def check_start(policy: Policy, units: tuple[int, ...], observation_names: list[str]) -> None:
    """Require that a training with these layers and observations can start from a policy; if not, a `UserError`."""
    names = policy.meta.get("observation_names")
    if names is not None and list(names) != list(observation_names):
        raise UserError(
            "the policy to start from has other observations than this task; train it again for this task"
        )
    if policy.units != tuple(units):
        raise UserError(f"the policy to start from has layers {policy.units}, the configuration {units}")


NEVER_BEGAN = Beginning("")


def starting_policy(init: str, base: Path | None, best: Path | None) -> Beginning:
    """Return what a candidate starts from; `best` falls back to the base policy while there is no best one."""
    if init == "scratch":
        return Beginning()
    if init == "best" and best is not None and read_policy_file(best)["status"] == "ok":
        return Beginning(init, best)
    return Beginning("base", base)
