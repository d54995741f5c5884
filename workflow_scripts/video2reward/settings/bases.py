"""Base policies: one shared by all loops, or separate ones for some seeds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from video2reward.errors import UserError


def _counted(value: Any) -> Any:
    """Turn a count into that many seeds from 0 on; a count of 0 gives an empty tuple, which is rejected."""
    return tuple(range(max(0, value))) if isinstance(value, int) and not isinstance(value, bool) else value


BaseSeeds = Annotated[tuple[Annotated[int, Field(ge=0)], ...], BeforeValidator(_counted), Field(min_length=1)]
"""Seeds that get their own base policy: a list, or a count of seeds from 0 on."""


BASE_NAME = r"base(?:_seed\d+)?"
"""What `base_name` returns, as a regular expression."""


def base_name(seed: int, base_seeds: Collection[int]) -> str:
    """Return the name of the base policy that a loop of this seed uses: "base", or "base_seed1"."""
    return f"base_seed{seed}" if seed and seed in base_seeds else "base"


def base_seed(name: str) -> int:
    """Return the training seed of the base policy of this name."""
    return int(name.removeprefix("base").removeprefix("_seed") or 0)


def check_base_seeds(base_seeds: Iterable[int], loops: Collection[int]) -> None:
    """Raise a `UserError` if a base policy other than the shared one has no loop with its seed."""
    unused = [seed for seed in dict.fromkeys(base_seeds) if seed and seed not in loops]
    if unused:
        raise UserError(
            f"configuration: base_seeds holds {_listed(unused)}, but no loop has that seed; the loops' seeds are "
            f"{_listed(sorted(loops))}: remove it, or add it to seeds"
        )


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
