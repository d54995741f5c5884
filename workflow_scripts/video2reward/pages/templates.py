"""Shared parts of self-contained pages: templates, number formats, data URLs."""

from __future__ import annotations

import base64
import math
from pathlib import Path
from typing import Any

from video2reward.results.space import human_bytes


def environment(*folders: Path) -> Any:
    """Return a Jinja environment for the templates in `folders`; it escapes everything not marked as safe."""
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"figure": figure, "size": human_bytes, "duration": duration, "count": count}
    return made


def figure(value: float | None) -> str:
    """Format a number with three significant digits, rounding noise as 0; a dash for None."""
    if value is None or not math.isfinite(value):
        return "–"
    if abs(value) < 1e-9:
        return "0"
    return (f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}").replace("-", "\u2212")


def count(value: float | None) -> str:
    """Format an integer with thousands separators; a dash for None."""
    return "–" if value is None else f"{value:,.0f}".replace(",", "\u202f")


def duration(seconds: float | None) -> str:
    """Format a duration: 4.2 s, 3 min 05 s, 2 h 10 min; a dash for None."""
    if seconds is None:
        return "–"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def data_address(content: bytes, kind: str) -> str:
    """Return content as a data URL, so that the page needs no other file."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def picture_address(path: Path) -> str:
    """Return a JPEG file, or a film (*.mp4), as a data URL."""
    return data_address(path.read_bytes(), "video/mp4" if path.suffix == ".mp4" else "image/jpeg")
