"""One number of a table: values over seeds, interval, effect size and source artefacts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from video2reward.scores.statistics import Effect, Interval, hedges_g, interval
from video2reward.tables.runs import ClipColumn, Run

_NOT_THERE = "not in the evaluation"
# Figure that may be undefined -> reason.
_UNDEFINED = {
    "paper": "no robot could be compared: only those that stay up with a periodic stride count",
    "posture": "no robot stays up, or the clip does not show it",
    "period_ratio": "no robot that stays up has a periodic stride",
}


@dataclass(frozen=True)
class Quantity:
    """A measured quantity.

    name: in the csv and paper.yaml; label: display name; better: "less", "more" or ""; keys: path in an evaluation
    limits: the least and the largest value that there can be, None if there are none; drawings end there
    """

    name: str
    label: str
    unit: str
    better: str
    keys: tuple[str, ...] = ()
    definition: str = ""
    limits: tuple[float, float] | None = None


@dataclass(frozen=True)
class Value:
    """One seed's value; if None, `missing` has the reason.

    loop: display name; sources: "path: key", paths relative to the results
    """

    loop: str
    seed: int
    value: float | None
    sources: tuple[str, ...]
    missing: str = ""


@dataclass(frozen=True)
class Number:
    """A method's number on a clip.

    values: one per seed, including seeds without a policy; absent: why there are none, "" otherwise
    published: the paper's number; effect: effect size relative to the method `against`
    over: the interval, where it is over something else than the values of seeds
    """

    quantity: Quantity
    method: str
    clip: ClipColumn
    values: tuple[Value, ...] = ()
    absent: str = ""
    published: float | None = None
    effect: Effect | None = None
    against: str = ""
    over: Interval | None = None

    @property
    def known(self) -> list[float]:
        """The values of all seeds that have one."""
        return [value.value for value in self.values if value.value is not None]

    @cached_property
    def interval(self) -> Interval:
        """Mean and 95 % t-interval over the seeds that have a value, or `over`."""
        return self.over or interval(self.known)

    @property
    def missing(self) -> list[str]:
        """The reasons for seeds without a value, or for having no seeds."""
        reasons = [f"{value.loop}: {value.missing}" for value in self.values if value.value is None]
        return [self.absent, *reasons] if self.absent else reasons

    @property
    def sources(self) -> list[str]:
        """The source artefacts, each once."""
        return list(dict.fromkeys(source for value in self.values for source in value.sources))

    def compared(self, other: Number | None) -> Number:
        """Return the number with its effect size relative to another method's, if defined."""
        if other is None or other.method == self.method or min(len(self.known), len(other.known)) < 2:
            return self
        effect = hedges_g(self.known, other.known)
        return replace(self, effect=effect, against=other.method) if math.isfinite(effect.g) else self


def evaluated(run: Run, quantity: Quantity) -> Value:
    """Return a quantity's value from a loop's evaluation."""
    sources = (f"{run.source(run.folder.evaluation)}: {'.'.join(quantity.keys)}",)
    if run.failure:
        return Value(run.name, run.seed, None, sources, run.failure)
    value = dig(run.evaluation, quantity.keys)
    if value is None:
        why = next((said for part, said in _UNDEFINED.items() if part in quantity.keys), _NOT_THERE)
        return Value(run.name, run.seed, None, sources, why)
    return Value(run.name, run.seed, value, sources)


def dig(content: Any, keys: Sequence[str]) -> float | None:
    """Return the finite number under nested keys, None if there is none."""
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    plain = isinstance(content, int | float) and math.isfinite(content)
    return float(content) if plain and content is not None else None


def over_clips(numbers: Sequence[Number], clip: ClipColumn, published: float | None) -> Number:
    """Return the mean over clips for each seed; a seed missing for a clip has no value."""
    first = numbers[0]
    absent = next((number.absent for number in numbers if number.absent), "")
    seeds = [] if absent else sorted({value.seed for number in numbers for value in number.values})
    values = []
    for seed in seeds:
        parts = [value for number in numbers for value in number.values if value.seed == seed]
        known = [part.value for part in parts if part.value is not None]
        lacking = [f"{part.loop}: {part.missing}" for part in parts if part.value is None]
        whole = len(known) == len(numbers)
        why = "; ".join(lacking) or "not every clip has this seed"
        values.append(
            Value(
                f"{first.method}, seed {seed}",
                seed,
                sum(known) / len(known) if whole else None,
                tuple(source for part in parts for source in part.sources),
                "" if whole else why,
            )
        )
    return Number(first.quantity, first.method, clip, tuple(values), absent, published)


@dataclass(frozen=True)
class Table:
    """A table of numbers.

    name: of its files; title, caption: shown on the page; columns: (clip, quantity), in order
    numbers: (method, clip, name of the quantity) -> number; standing: (clip, name) -> number of a standing robot
    """

    name: str
    title: str
    caption: str
    columns: tuple[tuple[ClipColumn, Quantity], ...]
    numbers: dict[tuple[str, ClipColumn, str], Number] = field(default_factory=dict)
    standing: dict[tuple[ClipColumn, str], Number] = field(default_factory=dict)

    def at(self, method: str, clip: ClipColumn, quantity: Quantity) -> Number | None:
        """Return a number, None if the table has none."""
        return self.numbers.get((method, clip, quantity.name))

    def is_published(self, clip: ClipColumn, quantity: Quantity) -> bool:
        """Whether the paper has a number in this column."""
        return any(
            number.published is not None
            for (_, c, name), number in self.numbers.items()
            if (c, name) == (clip, quantity.name)
        )

    @property
    def methods(self) -> list[str]:
        """The methods of its rows, in order."""
        return list(dict.fromkeys(method for method, _, _ in self.numbers))


Measure = Callable[[str, ClipColumn, Quantity], Number]
"""(method, clip, quantity) -> number."""


def fill(
    name: str, title: str, caption: str, columns: Sequence[tuple[ClipColumn, Quantity]], methods: Sequence[str],
    measure: Measure, against: str = "",
) -> Table:  # fmt: skip
    """Return a table with effect sizes relative to the method `against`, if that is a row."""
    numbers = {(m, clip, q.name): measure(m, clip, q) for m in methods for clip, q in columns}
    compared = {
        key: number.compared(numbers.get((against, key[1], key[2]))) for key, number in numbers.items()
    }
    return Table(name, title, caption, tuple(columns), compared)
