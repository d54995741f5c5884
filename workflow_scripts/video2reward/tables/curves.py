"""Curves over rounds as SVG: our methods' with their spread over seeds, and the paper's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from video2reward.pages.svg import BLACK, COLOURS, DASHES, GREY, new_figure, style, svg, svg_saying
from video2reward.tables.numbers import Number, Table
from video2reward.tables.runs import ClipColumn

_ACROSS = 2


def curves(table: Table, labels: Mapping[str, str]) -> str:
    """Plot a table whose columns are rounds, one panel per clip, from 0 to 1; SVG.

    Lines are means, bands reach from the smallest to the largest seed, diamonds are the paper's numbers.

    labels: method -> display name
    """
    by_clip = {clip: _rows(table, clip) for clip, _ in table.columns}
    shown = {m for rows in by_clip.values() for m, row in rows.items() if _drawn(row)}
    methods = [m for m in table.methods if m in shown]
    if not methods:
        return svg_saying("No method has several rounds yet: there are no curves.")
    looks = dict(zip(methods, cycle(zip(COLOURS * 4, DASHES * 6, strict=True)), strict=False))
    down = -(-len(by_clip) // _ACROSS)
    figure = new_figure(0.5 + 1.9 * down + 0.18 * len(methods))
    with style():
        grid = figure.subplots(down, _ACROSS, sharey=True, squeeze=False)
        for axes, (clip, rows) in zip(grid.ravel(), by_clip.items(), strict=False):
            for method in methods:
                _curve(axes, rows[method], looks[method], labels.get(method, method))
            axes.set_title(f"{clip.robot}, {clip.video}", fontsize=8)
            axes.set_ylim(0, 1.02)
            axes.axhline(1 / 3, color=GREY, linewidth=0.6)
            axes.set_xticks(range(1, len(rows[methods[0]]) + 1))
        for axes in grid.ravel()[len(by_clip) :]:
            axes.set_axis_off()
        handles = {
            label: handle
            for axes in grid.ravel()
            for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        figure.legend(handles.values(), handles.keys(), loc="outside upper left", handlelength=3)
        figure.supxlabel("round", fontsize=8.5)
        figure.supylabel("expert score", fontsize=8.5)
    said = "; ".join(_said(clip, rows, labels) for clip, rows in by_clip.items())
    return svg(figure, f"{table.title}. {said}")


def _rows(table: Table, clip: ClipColumn) -> dict[str, list[Number]]:
    """Return method -> its numbers over the rounds of a clip."""
    columns = [column for column in table.columns if column[0] == clip]
    return {method: [table.numbers[method, clip, q.name] for _, q in columns] for method in table.methods}


def _drawn(row: Sequence[Number]) -> bool:
    return any(number.known or number.published is not None for number in row)


def _curve(axes: Any, row: Sequence[Number], look: Any, label: str) -> None:
    """Draw one method's rounds; rounds without a value are left out."""
    (colour, dashes), known = look, [(n, number.known) for n, number in enumerate(row, 1) if number.known]
    if known:
        x, values = [n for n, _ in known], [one for _, one in known]
        axes.fill_between(x, list(map(min, values)), list(map(max, values)), color=colour, alpha=0.18, lw=0)
        axes.plot(x, list(map(np.mean, values)), color=colour, linestyle=dashes, marker=".", label=label)
    paper = [(n, number.published) for n, number in enumerate(row, 1) if number.published is not None]
    if paper:
        axes.plot(*zip(*paper, strict=True), "D--", color=BLACK, lw=0.8, ms=3, label=f"{label}, the paper's")


def _said(clip: ClipColumn, rows: Mapping[str, Sequence[Number]], labels: Mapping[str, str]) -> str:
    told = (
        f"{labels.get(m, m)} {', '.join(f'{n.interval.mean:.2f}' if n.known else 'none' for n in row)}"
        for m, row in rows.items()
        if any(number.known for number in row)
    )
    return f"{clip.robot}, {clip.video}: {'; '.join(told) or 'no method has a number yet'}"
