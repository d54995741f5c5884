"""Scores of the best policy and the base policy, each with its definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from video2reward.similarity.posture import ALLOWANCES, DEFINITIONS, UNITS
from video2reward.wishes.words import asked_in_words

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

# Those of a single motion, which has no speed to keep.
_JUMP_ROWS = {
    "gait distance": ("gait", "distance"),
    "gait distance with posture": ("posture", "distance"),
    "gait similarity": ("gait", "similarity"),
    "rise, body lengths": ("jump", "rise"),
    "distance, body lengths": ("jump", "distance"),
    "flight, s": ("jump", "flight"),
    "take-off, s late": ("jump", "late_off"),
    "landing, s late": ("jump", "late_down"),
    "falls": ("falls",),
    "success": ("success", "mean"),
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
    reading: how to read it, "" where its name says so
    """

    name: str
    definition: str
    base: float | None
    best: float | None
    interval: tuple[float, float] | None = None
    reading: str = ""


def scores(loop: Judged) -> list[Score]:
    """Return the table of scores of a loop, then those of the wish, H_mts last."""
    rows = []
    single = any(_dig(judged, ("deterministic", "jump")) for judged in (loop.evaluation, loop.base))
    for name, keys in (_JUMP_ROWS if single else _ROWS).items():
        base, best = (
            _number(_dig(judged, ("deterministic", *keys))) for judged in (loop.base, loop.evaluation)
        )
        rows.append(Score(name, _definition(loop, keys), base, best, _interval(loop, keys)))
    best, base = (_number(judged.get("h_mts")) for judged in (loop.evaluation, loop.base))
    return [*rows, *wishes(loop), Score("H_mts", _definition(loop, ("h_mts",)), base, best)]


def wishes(loop: Judged) -> list[Score]:
    """Return the rows of the user's wish: how far it is fulfilled, and each measure; [] if nothing of one was measured."""
    base, best = (_dig(judged, ("deterministic", "wish")) or {} for judged in (loop.base, loop.evaluation))
    known = best or base
    if not known:
        return []
    whole = "part of the wish that is fulfilled; agents that fell do not fulfil it"
    rows = [
        Score(
            "wish",
            known["definitions"]["success"],
            _number(base.get("success")),
            _number(best.get("success")),
            reading=whole,
        )
    ]
    for name, figure in known["measures"].items():
        before, now = (_number(_dig(one, ("measures", name, "value"))) for one in (base, best))
        title = f"wish: {figure['words']}, {figure['unit']}"
        reach = "" if figure["base"] is None else f"; the motion in reach has {figure['base']:.3g}"
        asked = f"asked {asked_in_words(figure)}{reach}"
        rows.append(Score(title, figure["definition"], before, now, reading=asked))
    return rows


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
        if keys[0] in ("gait", "paper", "posture", "jump"):
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
