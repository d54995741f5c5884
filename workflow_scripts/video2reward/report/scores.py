"""Scores of the best policy and the base policy, each with its definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from video2reward.similarity.posture import ALLOWANCES, DEFINITIONS, UNITS

# Name -> path of the figure in an evaluation's deterministic part.
_ROWS = {
    "gait distance": ("gait", "distance"),
    "gait distance with posture": ("posture", "distance"),
    "gait similarity": ("gait", "similarity"),
    "period ratio": ("gait", "period_ratio"),
    "falls": ("falls",),
    "speed, m/s": ("speed",),
    "speed ratio": ("speed_ratio",),
    "velocity error, m/s": ("velocity_error",),
    "success": ("success", "mean"),
    "falls, trained commands": ("command_falls",),
    "paper's distance": ("paper", "raw_sum"),
}


_POSTURE = {
    "lean": "lean of the trunk",
    "legs": "feet ahead of the hips",
    "knees": "bend of the knees",
    "hip_height": "height of the hips",
}


class Judged(Protocol):
    """Evaluations of the best and the base policy, as in evaluation.json; {} for one that is missing."""

    @property
    def evaluation(self) -> Mapping[str, Any]: ...  # noqa: D102

    @property
    def base(self) -> Mapping[str, Any]: ...  # noqa: D102


class Score(NamedTuple):
    """A figure of the deterministic policies; None where missing.

    definition: from the evaluation, "" if neither evaluation has one; base, best: values
    interval: 95 % confidence interval of the best policy's mean over agents, if any
    """

    name: str
    definition: str
    base: float | None
    best: float | None
    interval: tuple[float, float] | None = None


def scores(loop: Judged) -> list[Score]:
    """Return the table of scores of a loop, H_mts last."""
    rows = []
    for name, keys in _ROWS.items():
        base, best = (
            _number(_dig(judged, ("deterministic", *keys))) for judged in (loop.base, loop.evaluation)
        )
        rows.append(Score(name, _definition(loop, keys), base, best, _interval(loop, keys)))
    best, base = (_number(judged.get("h_mts")) for judged in (loop.evaluation, loop.base))
    return [*rows, Score("H_mts", _definition(loop, ("h_mts",)), base, best)]


class PostureRow(NamedTuple):
    """A posture figure of the base and the best policy, with its target; values are None where missing.

    free: deviation without a penalty; worst: deviation with the full penalty
    """

    name: str
    unit: str
    base: float | None
    best: float | None
    wanted: float | None
    free: float
    worst: float
    definition: str


def postures(loop: Judged) -> list[PostureRow]:
    """Return the table of posture figures; [] if no policy was evaluated."""
    judged = [_dig(one, ("deterministic", "posture")) or {} for one in (loop.base, loop.evaluation)]
    known = next((one for one in reversed(judged) if one), None)
    if known is None:
        return []
    return [
        PostureRow(
            name,
            UNITS[part],
            _over_limbs(_dig(judged[0], ("robot", part))),
            _over_limbs(_dig(judged[1], ("robot", part))),
            _over_limbs(_dig(known, ("wanted", part))),
            ALLOWANCES[part].free,
            ALLOWANCES[part].worst,
            DEFINITIONS[part],
        )
        for part, name in _POSTURE.items()
    ]


def _over_limbs(value: Any) -> float | None:
    """Return a figure, averaged over limbs; None if missing."""
    if isinstance(value, dict):
        known = [one for one in value.values() if one is not None]
        return sum(known) / len(known) if known else None
    return _number(value)


def _definition(loop: Judged, keys: tuple[str, ...]) -> str:
    """Return a figure's definition: next to the similarities, for others in the evaluation's own list."""
    for judged in (loop.evaluation, loop.base):
        if keys[0] in ("gait", "paper", "posture"):
            figures = _dig(judged, ("deterministic", keys[0])) or {}
            found = (figures.get("definitions") or {}).get(keys[-1]) or figures.get("definition")
        else:
            found = (judged.get("definitions") or {}).get(keys[0])
        if found:
            return str(found)
    return ""


def _interval(loop: Judged, keys: tuple[str, ...]) -> tuple[float, float] | None:
    if keys != ("success", "mean"):
        return None
    low, high = _dig(loop.evaluation, ("deterministic", "success", "interval")) or (None, None)
    return None if low is None or high is None else (float(low), float(high))


def _dig(content: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
