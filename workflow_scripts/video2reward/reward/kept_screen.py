"""What a screen says about changed numbers of a reward: which of them matter, and what a change must not lose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from video2reward.artifacts.screen import Screen
from video2reward.reward.parameters import Parameter, rounded, with_values

Screened = Callable[[str], Screen]
"""A reward's code -> what it pays for the known motions."""
_ROUNDING = 1e-6


def lost_against(start: Screen, now: Screen) -> str:
    """Return what the screen of a changed reward is worse in than the unchanged one's, "" if in nothing."""
    if now.fault:
        return f"it fails {now.fault}"
    if len(now.violations) > len(start.violations):
        return f"pairs in the wrong order: {'; '.join(now.violations)}"
    if start.margin is not None and now.margin is not None and now.margin < start.margin - _ROUNDING:
        return f"margin {now.margin:.3f} against {start.margin:.3f}, nearest {now.nearest}"
    return ""


def effects(
    code: str, found: Sequence[Parameter], factor: float, start: Screen, screened: Screened
) -> dict[str, float]:
    """Return name -> by how much a number, times the factor, changes what known motions are paid.

    Payments are those of `Screen.returns`, from 0 for the worst motion to 1 for the best; the largest change counts. Where
    the changed reward cannot be screened it is 0.
    """
    before = _relative(start.returns)
    changed: dict[str, float] = {}
    for one in found:
        now = screened(with_values(code, {one.name: rounded(factor * one.value)}))
        after = _relative(now.returns) if not now.fault else {}
        changed[one.name] = max(
            (abs(after[name] - paid) for name, paid in before.items() if name in after), default=0.0
        )
    return changed


def most_effective(found: Sequence[Parameter], effect: Mapping[str, float], most: int) -> list[Parameter]:
    """Return the numbers with the largest effects, at most so many, in the order of the code; without effect none."""
    ordered = sorted(
        (one for one in found if effect[one.name] > _ROUNDING), key=lambda one: -effect[one.name]
    )
    kept = {one.name for one in ordered[:most]}
    return [one for one in found if one.name in kept]


def _relative(returns: Mapping[str, float]) -> dict[str, float]:
    low, high = min(returns.values(), default=0.0), max(returns.values(), default=0.0)
    return {name: (value - low) / max(high - low, 1e-12) for name, value in returns.items()}
