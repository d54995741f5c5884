"""`report.html`: one page that opens anywhere, with films, curves and scores inside."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from video2reward.report.gather import LoopView
from video2reward.report.plots import component_curves, learning_curves

_TYPES = {".mp4": "video/mp4", ".png": "image/png"}


def build_page(loops: Sequence[LoopView], templates: Path, versions: dict[str, Any]) -> str:
    """Return the whole page as HTML; `templates` holds page.html.j2."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["embed"] = embed
    environment.filters["figure"] = figure
    return environment.get_template("page.html.j2").render(
        loops=[_shown(loop) for loop in loops], versions=versions
    )


def _shown(loop: LoopView) -> dict[str, Any]:
    """Return what the template needs of one loop."""
    chosen = next((candidate for candidate in loop.candidates if candidate.chosen), None)
    return {
        "loop": loop,
        "curves": learning_curves(loop.candidates),
        "components": component_curves(chosen) if chosen else "",
        "scores": scores(loop),
        "last": loop.folder / f"iter{len(loop.selections)}",
    }


def scores(loop: LoopView) -> list[tuple[str, str, float | None, float | None]]:
    """Return the table of scores: what, its meaning, the base policy's, the best policy's."""
    rows = (
        (
            "gait distance",
            "body lengths per aligned sample; lower is more like the video",
            ("gait", "distance"),
        ),
        (
            "gait similarity",
            "1 - distance / that of standing still; 1 is the video's motion",
            ("gait", "similarity"),
        ),
        ("period ratio", "robot's stride period / the video's on this robot", ("gait", "period_ratio")),
        ("falls", "fraction of agents that fell at the video's speed", ("falls",)),
        ("speed ratio", "mean speed / the video's speed on this robot", ("speed_ratio",)),
        ("velocity error", "averaged over a stride, m/s", ("velocity_error",)),
        (
            "success",
            "minus squared velocity errors over the trained commands; 0 is perfect",
            ("success", "mean"),
        ),
    )
    found = []
    for name, meaning, keys in rows:
        base, best = (_dig(judged.get("deterministic"), keys) for judged in (loop.base, loop.evaluation))
        found.append((name, meaning, base, best))
    return found


def embed(path: Path) -> str:
    """Return a file as a data address, so that the page needs nothing beside it; "" if it is not there."""
    if not path.exists():
        return ""
    return f"data:{_TYPES[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"


def figure(value: float | None) -> str:
    """Return a number as people read it; a dash where there is none."""
    return "-" if value is None else f"{value:.3g}"


def _dig(content: Any, keys: tuple[str, ...]) -> float | None:
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return float(content) if isinstance(content, int | float) else None
