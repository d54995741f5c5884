"""What a training's curves say, in a few numbers each, as Eureka reports them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from video2reward.errors import UserError

COMPONENT = "reward/"
_POINTS = 10


@dataclass(frozen=True)
class Curve:
    """values: about ten, evenly spaced over the training; greatest, mean, least: over all of it."""

    values: tuple[float, ...]
    greatest: float
    mean: float
    least: float


def read_curves(path: Path) -> dict[str, np.ndarray]:
    """Read a training table -> column -> values (rows,), NaN where a cell is empty or no number."""
    try:
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} is not a readable training table: {error}") from None
    names = rows[0].keys() if rows else ()
    return {name: np.array([_number(row.get(name)) for row in rows]) for name in names if name}


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


def _number(cell: str | None) -> float:
    try:
        return float(cell or "nan")
    except ValueError:
        return float("nan")
