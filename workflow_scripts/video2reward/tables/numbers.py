"""One number of a table: over seeds, with its interval, its effect size and the artefacts it comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from video2reward.scores.statistics import Effect, Interval, hedges_g, interval
from video2reward.tables.study import ClipColumn, Run

_NOT_THERE = "the evaluation does not have it"
# What an evaluation may leave undefined -> why.
_UNDEFINED = {
    "paper": "no robot could be compared: it takes those that stay up and repeat a stride",
    "posture": "no robot stays up, or the clip does not show it",
    "period_ratio": "no robot that stays up repeats a stride",
}


@dataclass(frozen=True)
class Quantity:
    """What is measured.

    name: in the csv and in paper.yaml; label: for people; better: "less" or "more"; keys: where it stands in an evaluation
    """

    name: str
    label: str
    unit: str
    better: str
    keys: tuple[str, ...] = ()
    definition: str = ""


@dataclass(frozen=True)
class Value:
    """One seed's value; None with the reason where there is none.

    loop: in words; sources: "path: key", paths relative to the results
    """

    loop: str
    seed: int
    value: float | None
    sources: tuple[str, ...]
    missing: str = ""


@dataclass(frozen=True)
class Number:
    """A method's number on a clip.

    values: one a seed, those without a policy too; absent: why there are none, "" otherwise
    published: the paper's; effect: against another method's values, named `against`
    """

    quantity: Quantity
    method: str
    clip: ClipColumn
    values: tuple[Value, ...] = ()
    absent: str = ""
    published: float | None = None
    effect: Effect | None = None
    against: str = ""

    @property
    def known(self) -> list[float]:
        """The values of the seeds that have one."""
        return [value.value for value in self.values if value.value is not None]

    @cached_property
    def interval(self) -> Interval:
        """Mean and 95 % t-interval over the seeds that have a value."""
        return interval(self.known)

    @property
    def missing(self) -> list[str]:
        """The seeds without a value, and why; why there is no seed at all."""
        reasons = [f"{value.loop}: {value.missing}" for value in self.values if value.value is None]
        return [self.absent, *reasons] if self.absent else reasons

    @property
    def sources(self) -> list[str]:
        """Every artefact that the number comes from, each once."""
        return list(dict.fromkeys(source for value in self.values for source in value.sources))

    def compared(self, other: Number | None) -> Number:
        """Return the number with its effect size against another method's, where there is one."""
        if other is None or other.method == self.method or min(len(self.known), len(other.known)) < 2:
            return self
        effect = hedges_g(self.known, other.known)
        return replace(self, effect=effect, against=other.method) if math.isfinite(effect.g) else self


def evaluated(run: Run, quantity: Quantity) -> Value:
    """Return what a loop's evaluation says."""
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
    """Return the mean over clips, seed by seed; a seed that one clip lacks has no value."""
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
    """Numbers in rows and columns.

    name: of its files; title, caption: for people; columns: (clip, quantity), in order
    numbers: (method, clip, quantity's name) -> number; standing: the same, without method, of a robot that stands still
    """

    name: str
    title: str
    caption: str
    columns: tuple[tuple[ClipColumn, Quantity], ...]
    numbers: dict[tuple[str, ClipColumn, str], Number] = field(default_factory=dict)
    standing: dict[tuple[ClipColumn, str], Number] = field(default_factory=dict)

    def at(self, method: str, clip: ClipColumn, quantity: Quantity) -> Number | None:
        """Return a number, None where the table has none."""
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
        """The rows that it has, in order."""
        return list(dict.fromkeys(method for method, _, _ in self.numbers))


Measure = Callable[[str, ClipColumn, Quantity], Number]
"""(method, clip, quantity) -> number."""


def fill(
    name: str, title: str, caption: str, columns: Sequence[tuple[ClipColumn, Quantity]], methods: Sequence[str],
    measure: Measure, against: str = "",
) -> Table:  # fmt: skip
    """Return a table whose numbers have effect sizes against the method `against`, if it is a row."""
    numbers = {(m, clip, q.name): measure(m, clip, q) for m in methods for clip, q in columns}
    compared = {
        key: number.compared(numbers.get((against, key[1], key[2]))) for key, number in numbers.items()
    }
    return Table(name, title, caption, tuple(columns), compared)
