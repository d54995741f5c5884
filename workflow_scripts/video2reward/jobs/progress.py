"""Progress of long loops: items done, rate, time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


_EVERY_S = 2.0


def progress(items: Iterable[T], what: str, total: int, unit: str = "frames") -> Iterator[T]:
    """Yield `items`, printing to stderr every two seconds how many are done, the rate and the time left."""
    start = shown = time.monotonic()
    done = 0
    for item in items:
        yield item
        done += 1
        now = time.monotonic()
        if now - shown >= _EVERY_S:
            shown = now
            print(_line(what, done, total, unit, now - start), file=sys.stderr, flush=True)
    print(_line(what, done, done, unit, time.monotonic() - start), file=sys.stderr, flush=True)


def _line(what: str, done: int, total: int, unit: str, seconds: float) -> str:
    rate = done / max(seconds, 1e-9)
    left = f"{(total - done) / rate:.0f} s left" if 0 < done < total else f"took {seconds:.1f} s"
    return f"{what}: {done}/{max(total, done)} {unit}, {rate:.1f} {unit}/s, {left}"
