"""The scores of the best policy beside the base policy's, each with the definition it was computed by."""

from __future__ import annotations

from typing import Any, NamedTuple

from video2reward.report.gather import LoopView
from video2reward.similarity.posture import ALLOWANCES, DEFINITIONS, UNITS

# Name -> where the figure stands in an evaluation's deterministic part.
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


class Score(NamedTuple):
    """A figure of the deterministic policies; None where there is none.

    definition: as it stands in the evaluation, "" if neither evaluation has it; base, best: the values
    interval: the best's 95 % interval of the mean over agents, where there is one
    """

    name: str
    definition: str
    base: float | None
    best: float | None
    interval: tuple[float, float] | None = None


def scores(loop: LoopView) -> list[Score]:
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
    """A figure of the posture: of the base and the best policy, the wanted one, and how far off is free.

    worst: from how far off on all is charged; values are None where there are none
    """

    name: str
    unit: str
    base: float | None
    best: float | None
    wanted: float | None
    free: float
    worst: float
    definition: str


def postures(loop: LoopView) -> list[PostureRow]:
    """Return the table of the posture; [] where no policy was judged."""
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
    """Return a figure, of limbs the mean; None where there is none."""
    if isinstance(value, dict):
        known = [one for one in value.values() if one is not None]
        return sum(known) / len(known) if known else None
    return _number(value)


def _definition(loop: LoopView, keys: tuple[str, ...]) -> str:
    """Find a figure's definition: of the similarities beside them, of the rest in the evaluation's own list."""
    for judged in (loop.evaluation, loop.base):
        if keys[0] in ("gait", "paper", "posture"):
            figures = _dig(judged, ("deterministic", keys[0])) or {}
            found = (figures.get("definitions") or {}).get(keys[-1]) or figures.get("definition")
        else:
            found = (judged.get("definitions") or {}).get(keys[0])
        if found:
            return str(found)
    return ""


def _interval(loop: LoopView, keys: tuple[str, ...]) -> tuple[float, float] | None:
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
