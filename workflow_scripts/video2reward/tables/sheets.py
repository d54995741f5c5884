"""The csv files: one line per number, with interval, effect size, the paper's number and source artefacts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import write_csv
from video2reward.tables.costs import Cost
from video2reward.tables.matrix import Matrix
from video2reward.tables.numbers import Number, Table

COLUMNS = (
    "method", "robot", "video", "quantity", "unit", "mean", "low", "high", "n", "seeds", "values",
    "effect_g", "effect_low", "effect_high", "effect_against", "published", "missing", "sources",
)  # fmt: skip
_COST_COLUMNS = (
    "method", "robot", "video", "loops", "failed_loops", "candidates", "failed_candidates", "stopped_early",
    "environment_steps", "training_s", "answers", "input_tokens", "output_tokens", "price_usd", "written_by", "sources",
)  # fmt: skip
_APART = "; "


def write_table(path: Path, table: Table) -> None:
    """Write a table; missing numbers are empty, with the reason in `missing`. low, high: 95 % t-interval."""
    write_csv(path, COLUMNS, [_line(number) for number in table.numbers.values()])


def write_matrices(path: Path, matrices: Iterable[Matrix]) -> None:
    """Write the distances of policies to clips; `video` is the training clip."""
    lines = [[*_line(number), clip] for matrix in matrices for (_, clip), number in matrix.numbers.items()]
    write_csv(path, (*COLUMNS, "compared_with"), lines)


def write_costs(path: Path, costs: Iterable[Cost]) -> None:
    """Write the cost of every method."""
    write_csv(path, _COST_COLUMNS, list(_cost_lines(costs)))


def _line(number: Number) -> list[Any]:
    found, effect = number.interval, number.effect
    return [
        number.method,
        number.clip.robot,
        number.clip.video or "all",
        number.quantity.name,
        number.quantity.unit,
        *map(_cell, (found.mean, found.low, found.high)),
        found.count,
        " ".join(str(value.seed) for value in number.values),
        " ".join(_cell(value.value) or "-" for value in number.values),
        *((_cell(effect.g), _cell(effect.low), _cell(effect.high)) if effect else ("", "", "")),
        number.against,
        _cell(number.published),
        _APART.join(number.missing),
        _APART.join(number.sources),
    ]


def _cost_lines(costs: Iterable[Cost]) -> Iterator[list[Any]]:
    for cost in costs:
        yield [
            cost.method,
            cost.clip.robot,
            cost.clip.video,
            cost.loops,
            _APART.join(cost.failed_loops),
            cost.candidates,
            cost.failed,
            cost.stopped,
            cost.steps,
            _cell(cost.seconds),
            cost.answers,
            *("" if one is None else one for one in (cost.input_tokens, cost.output_tokens)),
            _cell(cost.price_usd),
            _APART.join(cost.writers),
            _APART.join(cost.sources),
        ]


def _cell(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else f"{value:.6g}"
