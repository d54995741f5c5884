"""The best distance so far against the environment steps spent, as SVG: one panel a clip, one colour a variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from video2reward.pages.svg import COLOURS, DASHES, new_figure, style, svg, svg_saying
from video2reward.tables.runs import ClipColumn
from video2reward.tables.search import SearchStudy

Steps = Sequence[tuple[int, float]]
"""Environment steps -> distance from there on."""


def search_drawing(study: SearchStudy) -> str:
    """Plot the best distance so far against steps: seeds thin, their mean thick, points are nodes; SVG."""
    drawn = {
        clip: {way: lines for way in study.ways if (lines := _lines(study, way, clip))}
        for clip in study.clips
    }
    ways = [way for way in study.ways if any(way in rows for rows in drawn.values())]
    if not ways:
        return svg_saying("No round is finished yet: there are no curves.")
    looks = dict(zip(ways, cycle(zip(COLOURS * 4, DASHES * 6, strict=True)), strict=False))
    figure = new_figure(0.6 + 2.6 * len(drawn) + 0.09 * len(ways))
    with style():
        grid = figure.subplots(len(drawn), 1, squeeze=False, sharex=True)[:, 0]
        for axes, (clip, rows) in zip(grid, drawn.items(), strict=True):
            for way, lines in rows.items():
                _draw(axes, lines, looks[way], way)
            axes.set_title(f"{clip.robot}, {clip.video}")
            axes.set_ylabel("best distance so far")
            axes.set_xlim(left=0)
        grid[-1].set_xlabel("environment steps of a loop, million")
        handles = {
            label: handle
            for axes in grid
            for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        figure.legend(handles.values(), handles.keys(), loc="outside upper left", ncols=2, handlelength=3)
    return svg(figure, f"Best distance so far, body lengths. {_said(drawn)}")


def mean_line(lines: Sequence[Steps]) -> list[tuple[int, float]]:
    """Return the mean of lines that are constant between their steps, from where all have begun."""
    begin = max(line[0][0] for line in lines)
    places = sorted({begin, *(steps for line in lines for steps, _ in line if steps > begin)})
    return [(at, float(np.mean([_at(line, at) for line in lines]))) for at in places]


def _at(line: Steps, steps: int) -> float:
    """Return what a line has at some steps, not before its first."""
    return [distance for start, distance in line if start <= steps][-1]


def _lines(study: SearchStudy, way: str, clip: ClipColumn) -> list[Steps]:
    """Return the lines of a row's seeds that have a policy."""
    return [trail.best_so_far for trail in study.of(way, clip) if trail.best_so_far]


def _draw(axes: Any, lines: Sequence[Steps], look: Any, label: str) -> None:
    """Draw a row's seeds and their mean."""
    colour, dashes = look
    for line in lines:
        axes.plot(*_drawn(line), color=colour, linewidth=0.5, alpha=0.45, marker=".", markersize=2.5)
    axes.plot(
        *_drawn(mean_line(lines)), color=colour, linestyle=dashes, linewidth=1.8, marker="o", markersize=4,
        label=label,
    )  # fmt: skip


def _drawn(line: Steps) -> tuple[list[float], list[float]]:
    """Return a line's million steps and distances."""
    return [steps / 1e6 for steps, _ in line], [distance for _, distance in line]


def _said(drawn: Mapping[ClipColumn, Mapping[str, Sequence[Steps]]]) -> str:
    """Return where each mean ends, in words."""
    return "; ".join(
        f"{clip.robot}, {clip.video}, {way}: {last[1]:.3f} after {last[0] / 1e6:.3g} million steps"
        for clip, rows in drawn.items()
        for way, lines in rows.items()
        for last in [mean_line(lines)[-1]]
    )
