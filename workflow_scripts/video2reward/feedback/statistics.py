"""Summaries of training curves, in the form that Eureka reports them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from video2reward.artifacts.curves import COMPONENT

_POINTS = 10


@dataclass(frozen=True)
class Curve:
    """values: about ten, evenly spaced over the training; greatest, mean, least: over the whole training."""

    values: tuple[float, ...]
    greatest: float
    mean: float
    least: float


def component_curves(curves: dict[str, np.ndarray]) -> dict[str, Curve]:
    """Summarise the reward's components, the success and the episode length, in the table's order."""
    shown = {}
    for name, values in curves.items():
        known = values[np.isfinite(values)]
        if len(known) and (name.startswith(COMPONENT) or name in ("success", "episode_length")):
            rows = np.unique(np.linspace(0, len(known) - 1, _POINTS).round().astype(int))
            shown[name.removeprefix(COMPONENT)] = Curve(
                tuple(float(v) for v in known[rows]),
                float(known.max()),
                float(known.mean()),
                float(known.min()),
            )
    return shown


def thinned(curve: Curve, values: int) -> Curve:
    """Return the curve with at most `values` of its values, evenly spaced, including first and last; 0: none."""
    rows = np.unique(np.linspace(0, len(curve.values) - 1, values).round().astype(int)) if values else ()
    return replace(curve, values=tuple(curve.values[int(row)] for row in rows))


@dataclass(frozen=True)
class Share:
    """A component at the end of training (mean of the last tenth).

    share: of the sum of all components' absolute values; change: from the first tenth to the last, relative to the
        larger of the two
    """

    share: float
    change: float


def component_shares(curves: dict[str, np.ndarray]) -> dict[str, Share]:
    """Return each component's share of the reward and its change; {} without components."""
    ends = {}
    for name, values in curves.items():
        known = values[np.isfinite(values)]
        if name.startswith(COMPONENT) and len(known):
            part = max(1, len(known) // 10)
            ends[name.removeprefix(COMPONENT)] = float(known[:part].mean()), float(known[-part:].mean())
    whole = sum(abs(last) for _, last in ends.values()) or 1.0
    return {
        name: Share(abs(last) / whole, (last - first) / (max(abs(first), abs(last)) or 1.0))
        for name, (first, last) in ends.items()
    }
