"""The report's pages: one self-contained page per loop, and an overview of all loops."""

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
"""Maximum size of a page, bytes."""
WHOLE = 4
"""Maximum number of loops that the overview shows in full; of more it lists figures and links."""
_DRAWN = 0.6  # maximum share of plots in the limit; the rest is for the video
_MARKS = ("<!-- loop -->", "<!-- /loop -->")


def build_loop_page(
    loop: LoopView,
    jobs: Sequence[Job],
    templates: Path,
    workshop: Workshop,
    overview: str,
    limit: int = LIMIT,
) -> str:
    """Return a loop's page as HTML of at most `limit` bytes, unless its text alone is longer.

    To fit, the plots of reward components are left out first, then the others.

    jobs: those the loop uses; templates: folder with loop_page.html.j2; overview: address of the overview
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
    """Return the overview as HTML: the loops' figures, and the cost of all stages.

    pages: the loops' pages, included in full if there are few and they fit `limit` bytes
    own_versions: package -> version in this process
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
    """Return the part of a loop's page between the marks, which escaped text cannot contain."""
    return page.split(_MARKS[0], 1)[1].split(_MARKS[1], 1)[0]
