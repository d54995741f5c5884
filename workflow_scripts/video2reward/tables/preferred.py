"""Whom of a group's methods people prefer, film against film."""

from __future__ import annotations

from collections.abc import Mapping

from video2reward.artifacts.io import digest
from video2reward.artifacts.preferences import read_preferences
from video2reward.scores.preference import Tally, tallies
from video2reward.scores.statistics import Interval, wilson
from video2reward.tables.numbers import Number, Quantity, Value
from video2reward.tables.runs import ClipColumn
from video2reward.tables.study import Study

RATED = 5.0
"""The best of the paper's preference score."""
PREFERENCE = Quantity(
    "preference", "preference score", "5 x the part of comparisons won", "more", limits=(0.0, RATED)
)


def tally_films(study: Study, clip: ClipColumn) -> dict[str, Tally]:
    """Return method -> what people's choices about the methods' films come to; {} while nobody was asked."""
    choices = read_preferences(study.preferences).choices
    films = {name: digest(run.last.film) for name, run in study.medians(clip).items()} if choices else {}
    return tallies(films, choices)


def measure_preference(
    study: Study, tallied: Mapping[ClipColumn, Mapping[str, Tally]], method: str, clip: ClipColumn, quantity: Quantity
) -> Number:  # fmt: skip
    published = study.published(quantity.name, method, clip)
    tally, run = tallied[clip].get(method, Tally()), study.median(method, clip)
    if run is None or tally.score is None:
        absent = study.absence(method, clip) or (
            "no policy" if run is None else f"nobody was asked: make prefer GROUP={study.group}"
        )
        return Number(quantity, method, clip, (), absent, published)
    low, high = wilson(tally.score, tally.comparisons)
    sources = (f"{run.source(study.preferences)}: choices", run.source(run.last.film))
    value = Value(run.name, run.seed, RATED * tally.score, sources)
    over = Interval(RATED * tally.score, RATED * low, RATED * high, tally.comparisons)
    return Number(quantity, method, clip, (value,), "", published, over=over)
