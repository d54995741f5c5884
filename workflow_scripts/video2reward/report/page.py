"""`report.html`: one page that opens anywhere, with films, curves and scores inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from video2reward.report.configuration import configuration
from video2reward.report.films import Workshop
from video2reward.report.gather import LoopView
from video2reward.report.records import read_jobs, stage_costs, versions
from video2reward.report.sections import EXTENTS, Drawings, make_sections, with_films
from video2reward.space import human_bytes

LIMIT = 19_500_000
"""Bytes that the page has at most."""
_DRAWN = 0.6  # of the limit: what drawings may take; the rest is for films


def build_page(
    loops: Sequence[LoopView],
    templates: Path,
    results: Path,
    own_versions: Mapping[str, str],
    workshop: Workshop,
    limit: int = LIMIT,
) -> str:
    """Return the page as HTML of at most `limit` bytes, unless its words alone have more.

    templates: folder that holds page.html.j2; own_versions: package -> version, of this process. With many
    loops the films get smaller first, then drawings are left out, as far as it takes.
    """
    jobs = read_jobs(results)
    common = {
        "costs": stage_costs(results, jobs),
        "versions": versions(jobs, own_versions),
        "configuration": configuration(loops, jobs),
    }
    template = environment(templates).get_template("page.html.j2")
    drawings, page = Drawings(), ""
    for extent in EXTENTS:
        last = extent == EXTENTS[-1]
        sections = make_sections(loops, extent, drawings, float("inf") if last else _DRAWN * limit)
        if sections is None:
            continue
        page = template.render(sections=sections, extent=extent, **common)
        filmed = with_films(sections, workshop, limit - len(page.encode()), all_or_none=not last)
        if filmed is not None:
            page = template.render(sections=filmed, extent=extent, **common)
            if len(page.encode()) <= limit:
                break
    return page


def environment(templates: Path) -> Any:
    """Return the templates' environment: everything is escaped that is not marked as safe."""
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"figure": figure, "size": human_bytes, "duration": duration, "count": count}
    return made


def figure(value: float | None) -> str:
    """Return a number as people read it; a dash where there is none."""
    return "–" if value is None or value != value else f"{value:.3g}"


def count(value: float | None) -> str:
    """Return a whole number with its thousands apart; a dash where there is none."""
    return "–" if value is None else f"{value:,.0f}".replace(",", "\u202f")


def duration(seconds: float | None) -> str:
    """Return a time as people read it: 4.2 s, 3 min 05 s, 2 h 10 min; a dash where there is none."""
    if seconds is None:
        return "–"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
