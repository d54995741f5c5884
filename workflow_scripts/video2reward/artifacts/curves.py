"""`training_<k>.csv`: the learning curves of a training run, one row per epoch."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from video2reward.errors import UserError

COMPONENT = "reward/"
"""Prefix of a reward component's column name."""


def read_curves(path: Path) -> dict[str, np.ndarray]:
    """Read a training table: column -> values (rows,), NaN for cells without a number."""
    try:
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} is not a readable training table: {error}") from None
    names = rows[0].keys() if rows else ()
    return {name: np.array([_number(row.get(name)) for row in rows]) for name in names if name}


def _number(cell: str | None) -> float:
    try:
        return float(cell or "nan")
    except ValueError:
        return float("nan")
