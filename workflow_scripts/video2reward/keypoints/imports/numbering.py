"""Frame numbers in keypoint files, given as numbers or in picture names."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from pathlib import Path, PurePosixPath

from video2reward.errors import UserError

MOST_FRAMES = 1_000_000  # four hours at 60 frames/s; a wider range means times or ids, not frames
# What follows the frame number in a name: Roboflow's picture digest, a file suffix.
_TAIL = re.compile(r"(_(jpe?g|png|bmp)\.rf\.[0-9a-f]+)?(\.[A-Za-z]\w*)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Numbering:
    """How a file numbers frames; its rows count up from `first` without gaps.

    base: the number of the video's first frame; None if the format does not define it
    listed: the file also lists pictures without a subject
    pictures: picture name (see `picture`) -> frame number, if pictures are named
    """

    first: int = 0
    base: int | None = 0
    listed: bool = False
    pictures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Name:
    """A picture's name: its folder, the text around the digits, the digits."""

    given: str
    folder: str
    texts: tuple[str, ...]
    digits: tuple[str, ...]


def numbers_of(ids: Iterable[Hashable], path: Path, film: str = "") -> dict[Hashable, int]:
    """Return each id's frame number, in the file's numbering.

    An id is an integer (also 12.0, "12" or "000012") or a picture's name; in names, the frame number is the last
    number that varies. If the file has pictures of several videos, only those of `film` are kept.

    Raises:
        UserError: neither number nor name, ambiguous videos, two pictures with one number, or numbers too far apart
    """
    unique = list(dict.fromkeys(ids))
    numbers = {one: _number(one, row, path) for row, one in enumerate(unique)}
    named = [one for one, number in numbers.items() if number is None]
    if named and len(named) < len(unique):
        counted = next(one for one, number in numbers.items() if number is not None)
        raise UserError(
            f"{path} identifies frames both as {named[0]!r} and {counted!r}; use numbers for all of them, or names for all"
        )
    found = _in_names(named, path, film) if named else {k: n for k, n in numbers.items() if n is not None}
    if found and max(found.values()) - min(found.values()) >= MOST_FRAMES:
        raise UserError(
            f"{path} numbers frames from {min(found.values())} to {max(found.values())}, no video is that long; give "
            "the video's frame numbers"
        )
    return found


def is_name(one: Hashable) -> bool:
    """Return whether an id is a picture's name rather than a number."""
    return isinstance(one, str | bytes) and _as_float(text(one)) is None


def text(one: object) -> str:
    """Return an id as text."""
    return one.decode(errors="replace") if isinstance(one, bytes) else str(one)


def picture(name: str) -> str:
    """Return a picture's name without folders (Windows paths too) and suffix."""
    return _TAIL.sub("", PurePosixPath(name.replace("\\", "/")).name)


def _number(one: Hashable, row: int, path: Path) -> int | None:
    """Return an integer, or None for a picture's name."""
    value = float(one) if isinstance(one, Real) and not isinstance(one, bool) else None
    if isinstance(one, str | bytes):
        value = _as_float(text(one))
        if value is None and re.search(r"\d", text(one)):
            return None
    if value is None:
        raise UserError(
            f"{path}, row {row}: frame {_plain(one)!r} is neither a number nor a picture's name with one"
        )
    if not math.isfinite(value) or value != int(value) or value < 0:
        raise UserError(
            f"{path}, row {row}: frame {_plain(one)!r} is not an integer from 0; give the video's frame number"
        )
    return int(value)


def _as_float(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _plain(one: Hashable) -> object:
    return text(one)[:60] if isinstance(one, str | bytes) else one.item() if hasattr(one, "item") else one


def _in_names(ids: Sequence[Hashable], path: Path, film: str) -> dict[Hashable, int]:
    """Return the frame numbers in the names of one video's pictures."""
    series: dict[tuple[object, ...], dict[Hashable, int]] = {}
    prefixes: dict[tuple[object, ...], tuple[str, str]] = {}
    alike: dict[tuple[str, ...], list[tuple[Hashable, _Name]]] = {}
    for one in ids:
        name = _taken_apart(text(one))
        alike.setdefault(name.texts, []).append((one, name))
    for group in alike.values():
        columns = list(zip(*(map(int, name.digits) for _, name in group), strict=True))
        differ = [i for i, column in enumerate(columns) if len(set(column)) > 1]
        place = differ[-1] if differ else len(columns) - 1
        for one, name in group:
            rest = name.digits[:place] + name.digits[place + 1 :]
            key = (name.folder, name.texts, rest)
            before = (
                "".join(t + d for t, d in zip(name.texts[:place], rest, strict=False)) + name.texts[place]
            )
            prefixes[key] = name.folder, before
            series.setdefault(key, {})[one] = int(name.digits[place])
    if len(series) > 1:
        series = {key: series[key] for key in _of_film(series, prefixes, path, film)}
    numbers = next(iter(series.values()))
    by_number: dict[int, Hashable] = {}
    for one, number in numbers.items():
        other = by_number.setdefault(number, one)
        if other != one:
            raise UserError(
                f"{path}: {text(other)!r} and {text(one)!r} are both frame {number}; name each picture once"
            )
    return numbers


def _of_film(
    series: Mapping[tuple[object, ...], Mapping[Hashable, int]],
    prefixes: Mapping[tuple[object, ...], tuple[str, str]],
    path: Path,
    film: str,
) -> list[tuple[object, ...]]:
    """Return the series of pictures with the video's name as its folder or before its numbers."""
    wanted = _folded(Path(film).stem)
    fitting = [
        key
        for key, (folder, before) in prefixes.items()
        if wanted and wanted in (_folded(PurePosixPath(folder).name), _folded(before))
    ]
    examples = [f"{len(found)} like {text(next(iter(found)))!r}" for found in series.values()]
    if len(fitting) != 1:
        more = f" and {len(examples) - 4} more" if len(examples) > 4 else ""
        asked = f", and {film!r} matches none of them alone" if film else ""
        raise UserError(
            f"{path} names pictures in {len(examples)} ways: {', '.join(examples[:4])}{more}{asked}; keep the pictures of "
            "one video, with names that differ only in the frame number"
        )
    left_out = sum(len(found) for key, found in series.items() if key != fitting[0])
    print(f"{path.name}: {left_out} pictures left out that do not belong to {film}", file=sys.stderr)
    return fitting


def _taken_apart(given: str) -> _Name:
    path = given.replace("\\", "/")
    folder, _, last = path.rpartition("/")
    while folder and not re.search(r"\d", last):  # 000012/left.jpg: the number is in a folder's name
        folder = folder.rpartition("/")[0]
        last = path[len(folder) :].lstrip("/")
    bare = _TAIL.sub("", last)
    parts = re.split(r"(\d+)", bare if re.search(r"\d", bare) else last)
    return _Name(given, folder, tuple(parts[::2]), tuple(parts[1::2]))


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
