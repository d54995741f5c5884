"""The report's pages: one a loop, with its film, curves and scores inside, and an overview of all loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from video2reward.pages.templates import environment
from video2reward.report.films import Workshop
from video2reward.report.gather import LoopView
from video2reward.report.provenance import Job, stage_costs, versions
from video2reward.report.sections import EXTENTS, Drawings, make_section, with_film
from video2reward.report.summary import Summary

LIMIT = 19_500_000
"""Bytes that a page has at most."""
WHOLE = 4
"""Loops that the overview shows whole; of more it lists the figures and names their pages."""
_DRAWN = 0.6  # of the limit: what drawings may take; the rest is for the film
_MARKS = ("<!-- loop -->", "<!-- /loop -->")


def build_loop_page(
    loop: LoopView,
    jobs: Sequence[Job],
    templates: Path,
    workshop: Workshop,
    overview: str,
    limit: int = LIMIT,
) -> str:
    """Return a loop's page as HTML of at most `limit` bytes, unless its words alone have more.

    jobs: that the loop rests on; templates: folder that holds loop_page.html.j2; overview: address of the overview.
    The reward's components are left out first, then other drawings, as far as it takes.
    """
    template = environment(templates).get_template("loop_page.html.j2")
    drawings, page = Drawings(), ""
    for extent in EXTENTS:
        section = make_section(loop, jobs, extent, drawings)
        if section.drawn_bytes > _DRAWN * limit and extent != EXTENTS[-1]:
            continue
        shared = {"extent": extent, "overview": overview, "marks": _MARKS}
        page = template.render(section=section, **shared)
        filmed = with_film(section, workshop, limit - len(page.encode()))
        page = template.render(section=filmed, **shared)
        if len(page.encode()) <= limit and (filmed.player or extent == EXTENTS[-1]):
            break
    return page


def build_overview(
    summaries: Sequence[Summary],
    pages: Sequence[Path],
    jobs: Sequence[Job],
    templates: Path,
    results: Path,
    own_versions: Mapping[str, str],
    limit: int = LIMIT,
) -> str:
    """Return the overview as HTML: the loops' figures, and what everything cost.

    pages: the loops' own, which a few loops' overview holds whole, as far as `limit` bytes reach
    own_versions: package -> version, of this process
    """
    whole = len(pages) <= WHOLE and sum(page.stat().st_size for page in pages) <= limit
    rows = [
        summary.row() | {"page": page.relative_to(results).as_posix()}
        for summary, page in zip(summaries, pages, strict=True)
    ]
    return (
        environment(templates)
        .get_template("overview.html.j2")
        .render(
            rows=rows,
            articles=[_article(page.read_text()) for page in pages] if whole else [],
            costs=stage_costs(results, jobs),
            versions=versions(jobs, own_versions),
        )
    )


def _article(page: str) -> str:
    """Return what a loop's page says of the loop: what lies between the marks, which no text can hold unescaped."""
    return page.split(_MARKS[0], 1)[1].split(_MARKS[1], 1)[0]
