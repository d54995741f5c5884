"""`report.html`: one page that opens anywhere, with films, curves and scores inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from video2reward.pages import environment
from video2reward.report.configuration import configuration
from video2reward.report.films import Workshop
from video2reward.report.gather import LoopView
from video2reward.report.records import read_jobs, stage_costs, versions
from video2reward.report.sections import EXTENTS, Drawings, make_sections, with_films

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
