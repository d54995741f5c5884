"""Base policies: one for all loops, or one of their own for loops of some seeds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from video2reward.errors import UserError


def _counted(value: Any) -> Any:
    """Take a number as how many, from seed 0 on; none would leave no base policy."""
    return tuple(range(max(0, value))) if isinstance(value, int) and not isinstance(value, bool) else value


BaseSeeds = Annotated[tuple[Annotated[int, Field(ge=0)], ...], BeforeValidator(_counted), Field(min_length=1)]
"""Seeds with a base policy of their own: a list, or how many from 0 on."""


BASE_NAME = r"base(?:_seed\d+)?"
"""What `base_name` returns, as a regular expression."""


def base_name(seed: int, base_seeds: Collection[int]) -> str:
    """Return the name of the base policy that a loop of this seed uses: "base", or "base_seed1"."""
    return f"base_seed{seed}" if seed and seed in base_seeds else "base"


def base_seed(name: str) -> int:
    """Return the seed that a base policy of this name is trained with."""
    return int(name.removeprefix("base").removeprefix("_seed") or 0)


def check_base_seeds(base_seeds: Iterable[int], loops: Collection[int]) -> None:
    """Check that every base policy but the shared one has a loop of its seed; else a `UserError`."""
    unused = [seed for seed in dict.fromkeys(base_seeds) if seed and seed not in loops]
    if unused:
        raise UserError(
            f"configuration: base_seeds holds {_listed(unused)}, but no loop has such a seed; the loops' seeds are "
            f"{_listed(sorted(loops))}: leave it out, or add it to seeds"
        )


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
