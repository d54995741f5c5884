"""The numbers of a reward that may be tuned: found in its code, and replaced there."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from video2reward.reward.parameter_scopes import float_of
from video2reward.reward.parameter_uses import Uses

_SMALLEST, _LARGEST = 1e-9, 1e9
"""Numbers beyond are guards and stand-ins for infinity, not weights."""


@dataclass(frozen=True)
class CodePlace:
    """Where a number stands in the code: line from 1, columns from 0 in bytes of UTF-8; negative: after a minus sign."""

    line: int
    start: int
    end: int
    negative: bool = False


@dataclass(frozen=True)
class Parameter:
    """A number of a reward, as weight or as temperature (width) of a term; the same one may stand in several places.

    name: the variable's, or "weight of gait", "temperature of gait" for one that stands in a formula; unique
    value: with its sign, never 0
    """

    name: str
    value: float
    places: tuple[CodePlace, ...]

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines of the code that it stands in, from 1."""
        return tuple(dict.fromkeys(place.line for place in self.places))


def parameters(code: str) -> list[Parameter]:
    """Return the numbers that scale a term of the reward or its error, in the order of the code; of unreadable code none.

    Decided by use, and rather too few than too many: factors of what is added up in the total, and what errors are divided
    by in exp, tanh and sigmoid. A number with any other use (a target, an index, a limit) is none.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found: dict[tuple[str, float], list[CodePlace]] = {}
    try:
        uses = Uses(tree).found()
    except RecursionError:
        return []
    for use in uses:
        value = -float_of(use.number) if use.negative else float_of(use.number)
        if math.isfinite(value) and _SMALLEST <= abs(value) <= _LARGEST:
            node = use.number
            end = node.end_col_offset if node.end_col_offset is not None else node.col_offset
            place = CodePlace(node.lineno, node.col_offset, end, use.negative)
            places = found.setdefault((use.name, value), [])
            if place not in places:
                places.append(place)
    ordered = sorted(found.items(), key=lambda one: (one[1][0].line, one[1][0].start))
    names = _unique([name for (name, _), _ in ordered])
    return [
        Parameter(name, value, tuple(places))
        for name, ((_, value), places) in zip(names, ordered, strict=True)
    ]


def with_values(code: str, values: Mapping[str, float]) -> str:
    """Return the code with new values of its parameters, by name; all else stays to the last character.

    Raises:
        ValueError: a name that the code has no parameter of, or a value that is zero, not finite or of the other sign
    """
    known = {one.name: one for one in parameters(code)}
    edits: list[tuple[CodePlace, str]] = []
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"the code has no parameter {name!r}; it has {', '.join(known) or 'none'}")
        own = known[name]
        if not math.isfinite(value) or value * own.value <= 0:
            raise ValueError(f"{name} = {value} must be finite and have the sign of {own.value:g}")
        if value != own.value:
            edits += [(place, float_text(abs(value))) for place in own.places]
    lines = [line.encode() for line in code.split("\n")]
    for place, text in sorted(edits, key=lambda edit: (edit[0].line, -edit[0].start)):
        line = lines[place.line - 1]
        lines[place.line - 1] = line[: place.start] + text.encode() + line[place.end :]
    return b"\n".join(lines).decode()


def float_text(value: float) -> str:
    """Return a number as a float of Python code, without loss."""
    text = repr(float(value))
    return text if any(mark in text for mark in ".en") else f"{text}.0"


def rounded(value: float) -> float:
    """Return a value as it is written into code: four digits."""
    return float(f"{value:.4g}")


def _unique(names: Sequence[str]) -> list[str]:
    """Return the names, later ones of the same name numbered."""
    taken: set[str] = set()
    unique = []
    for name in names:
        fresh = next(one for i in count(1) if (one := name if i == 1 else f"{name} ({i})") not in taken)
        taken.add(fresh)
        unique.append(fresh)
    return unique
