"""When Python looks for garbage: with its defaults a third of what starting and ending a job with torch costs."""

from __future__ import annotations

import gc


def look_rarely() -> None:
    """Look for garbage less often; call it before large imports, whose objects stay."""
    gc.set_threshold(100_000, 50, 100)


def keep_all() -> None:
    """Count every object so far as one that stays; at a program's end, Python then ends without looking through them."""
    gc.freeze()
