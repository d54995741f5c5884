"""What differs between two evaluations of one policy, figure by figure, beside the noise between agents."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SURE = 1.96
"""Standard errors within which 95 of 100 means fall."""
_PLACES = 3


@dataclass(frozen=True)
class Difference:
    """One figure of an evaluation, there and here.

    noise: how far apart two means over so many agents lie in 95 of 100 cases if nothing but the agents differs, None
    where evaluations keep no spread
    """

    figure: str
    there: float | None
    here: float | None
    noise: float | None

    @property
    def verdict(self) -> str:
        """Same, within or beyond the noise; "" where it is not known."""
        if self.there is None or self.here is None:
            return "same" if self.there is self.here else "missing on one side"
        if self.there == self.here:
            return "same"
        if self.noise is None:
            return "no spread recorded"
        return "within the noise" if abs(self.here - self.there) <= self.noise else "BEYOND THE NOISE"


def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[Difference]:
    """Return the figures of two `evaluation.json`, of the deterministic policy.

    An evaluation that failed has none.
    """
    one, other = _deterministic(there), _deterministic(here)
    return [
        Difference(name, _value(one, path), _value(other, path), noise)
        for (name, path), noise in zip(_FIGURES.items(), _noises(one, other), strict=True)
    ]


def lines(name: str, found: Sequence[Difference]) -> Iterator[str]:
    """Yield a table's lines for one policy."""
    for one in found:
        there, here = (_short(value) for value in (one.there, one.here))
        noise = "-" if one.noise is None else f"{one.noise:.2g}"
        yield f"{name:<30}{one.figure:<24}{there:>9}{here:>9}{noise:>9}  {one.verdict}"
        name = ""


HEAD = f"{'policy':<30}{'figure':<24}{'bundle':>9}{'here':>9}{'noise':>9}"

_FIGURES = {
    "falls": ("falls",),
    "gait distance": ("gait", "distance"),
    "gait with posture": ("posture", "distance"),
    "speed / the clip's": ("speed_ratio",),
    "velocity error, m/s": ("velocity_error",),
    "success": ("success", "mean"),
}


def _noises(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[float | None]:
    """Yield the noise of each of `_FIGURES`."""
    spreads = {
        "falls": _falls,
        "gait distance": _agents,
        "gait with posture": lambda figures: _agents(figures) if _unpunished(figures) else None,
        "success": _interval,
    }
    for name in _FIGURES:
        errors = [spreads[name](figures) if name in spreads else None for figures in (one, other)]
        known = [error for error in errors if error is not None]
        yield _SURE * math.hypot(*known) if len(known) == len(errors) else None


def _agents(figures: Mapping[str, Any]) -> float | None:
    """Return the standard error of the gait distance, from those of the agents."""
    values = [value for value in _agents_of(figures) if _is_number(value)]
    return statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else None


def _unpunished(figures: Mapping[str, Any]) -> bool:
    """Tell whether posture adds nothing, so that the gait distance's noise is all there is."""
    return _value(figures, ("posture", "distance")) == _value(figures, ("gait", "distance"))


def _falls(figures: Mapping[str, Any]) -> float | None:
    """Return the standard error of the part that fell, by the rule of succession, which is not 0 where nobody fell."""
    agents, falls = len(_agents_of(figures)), _value(figures, ("falls",))
    if not agents or falls is None or not 0 <= falls <= 1:
        return None
    part = (falls * agents + 1) / (agents + 2)
    return math.sqrt(part * (1 - part) / agents)


def _interval(figures: Mapping[str, Any]) -> float | None:
    """Return the standard error of the success, from its interval of 95 %."""
    success = figures.get("success")
    interval = success.get("interval") if isinstance(success, Mapping) else None
    if not isinstance(interval, list) or len(interval) != 2 or not all(map(_is_number, interval)):
        return None
    return float(interval[1] - interval[0]) / 2 / _SURE


def _deterministic(evaluation: Mapping[str, Any]) -> Mapping[str, Any]:
    found = evaluation.get("deterministic")
    return found if isinstance(found, Mapping) else {}


def _value(figures: Mapping[str, Any], path: Sequence[str]) -> float | None:
    found: Any = figures
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return float(found) if _is_number(found) else None


def _agents_of(figures: Mapping[str, Any]) -> Sequence[Any]:
    """Return the agents' gait distances, None for those that fell."""
    gait = figures.get("gait")
    agents = gait.get("agents") if isinstance(gait, Mapping) else None
    return agents if isinstance(agents, list) else []


def _is_number(value: Any) -> bool:
    """Tell whether a value of somebody else's file is a number."""
    return isinstance(value, int | float) and math.isfinite(value)


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.{_PLACES}f}"
