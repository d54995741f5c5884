"""What a training begins as."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from video2reward.artifacts.io import digest
from video2reward.policy.network import read_policy_file


@dataclass(frozen=True)
class Beginning:
    """What a training begins as.

    init: "scratch", "base" or "best", "" if it never began
    policy: the file of the policy that it goes on from, None from scratch
    """

    init: str = "scratch"
    policy: Path | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the policy's file, "" from scratch."""
        return digest(self.policy) if self.policy else ""


NEVER_BEGAN = Beginning("")


def starting_policy(init: str, base: Path | None, best: Path | None) -> Beginning:
    """Return what a candidate begins as; `best` becomes the base where no round has had a best yet."""
    if init == "scratch":
        return Beginning()
    if init == "best" and best is not None and read_policy_file(best)["status"] == "ok":
        return Beginning(init, best)
    return Beginning("base", base)
