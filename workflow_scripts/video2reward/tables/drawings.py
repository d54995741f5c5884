"""Plots as SVG: the paper's bars, foot trajectories, and the matrix of clips against clips."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from video2reward.pages.svg import BLACK, COLOURS, GREY, PALE, new_figure, style, svg, svg_saying
from video2reward.tables.matrix import Matrix
from video2reward.tables.numbers import Number, Quantity, Table
from video2reward.tables.runs import ClipColumn

Panel = tuple[str, np.ndarray, np.ndarray]
"""Name, robot (T, 2), clip (T, 2): one foot's path relative to the standing foot, robot body lengths."""
_ACROSS = 2
"""Panels per row: more would be too narrow on a phone."""


def bars(table: Table, quantities: Sequence[Quantity], labels: Mapping[str, str]) -> str:
    """Plot a table's columns of `quantities` as bars with 95 % t-intervals; SVG.

    Dots are single seeds, diamonds the paper's numbers. Methods without any number are left out. The paper's numbers
    are left out if one exceeds three times our largest value, as their scale differs.

    labels: method -> display name
    """
    columns = [(clip, q) for clip, q in table.columns if q.name in {wanted.name for wanted in quantities}]
    columns = [column for column in columns if any(_number(table, m, column).known for m in table.methods)]
    if not columns:
        return svg_saying("No method has a number yet: there are no bars.")
    shown = {m for column in columns for m in _published([_number(table, m, column) for m in table.methods])}
    with_runs = {m for column in columns for m in table.methods if _number(table, m, column).known}
    methods = [m for m in table.methods if m in shown | with_runs]
    rows = -(-len(columns) // _ACROSS)
    figure = new_figure(0.4 + rows * (0.75 + 0.22 * len(methods)))
    with style():
        grid = figure.subplots(rows, _ACROSS, sharey=True, squeeze=False)
        for axes, column in zip(grid.ravel(), columns, strict=False):
            _panel(axes, [_number(table, m, column) for m in methods])
            axes.set_title(f"{_place(column[0])}\n{column[1].label.replace(', ', chr(10), 1)}", fontsize=8)
        for axes in grid.ravel()[len(columns) :]:
            axes.set_axis_off()
        grid[0, 0].set_yticks(range(len(methods)), [labels.get(m, m) for m in methods])
        grid[0, 0].invert_yaxis()
    said = "; ".join(_said(table, column, labels) for column in columns)
    return svg(figure, f"{table.title}. {said}")


def foot_drawing(panels: Sequence[Panel]) -> str:
    """Plot the right (hind) foot's path of each method over two strides with the clip's; SVG."""
    if not panels:
        return svg_saying("No policy could be recorded: there are no foot trajectories.")
    across = 3
    rows = -(-len(panels) // across)
    figure = new_figure(0.7 + 1.25 * rows)
    with style():
        grid = figure.subplots(rows, across, sharex=True, sharey=True, squeeze=False)
        for axes, (name, robot, clip) in zip(grid.ravel(), panels, strict=False):
            axes.plot(*clip.T, color=COLOURS[0], linestyle=(0, (4, 1.5)), linewidth=1.3)
            axes.plot(*robot.T, color=COLOURS[1], linewidth=1.3)
            axes.set_title(name, fontsize=8)
            axes.locator_params(nbins=4)
        for axes in grid.ravel()[len(panels) :]:
            axes.set_axis_off()
        figure.legend(
            handles=grid[0, 0].get_lines(), labels=["the clip, within the robot's reach", "robot"],
            loc="outside upper center", ncols=2, handlelength=3,
        )  # fmt: skip
        figure.supxlabel("forward, body lengths", fontsize=8.5)
        figure.supylabel("up", fontsize=8.5)
    names = ", ".join(name.replace("\n", " ") for name, _, _ in panels)
    return svg(figure, f"Path of the right (hind) foot over two strides: {names}, each beside the clip's.")


def matrices(found: Sequence[Matrix], labels: Mapping[str, str]) -> str:
    """Plot the distances of policies (rows) to clips (columns), one panel per method; SVG."""
    if not found:
        return svg_saying(
            "No method has learned two clips on one robot, so there is nothing to cross-compare."
        )
    rows, size = -(-len(found) // _ACROSS), max(len(matrix.clips) for matrix in found)
    tables = [_means(matrix) for matrix in found]
    top = float(np.nanmax([np.nanmax(table, initial=0.0) for table in tables])) or 1.0
    figure = new_figure(0.3 + rows * (0.9 + 0.42 * size))
    with style():
        grid = figure.subplots(rows, _ACROSS, squeeze=False)
        for axes, matrix, means in zip(grid.ravel(), found, tables, strict=False):
            _cells(axes, matrix, means, top)
            axes.set_title(f"{labels.get(matrix.method, matrix.method)}, {matrix.robot}", fontsize=8.5)
        for axes in grid.ravel()[len(found) :]:
            axes.set_axis_off()
        figure.supylabel("trained on", fontsize=8.5)
        figure.supxlabel("gait distance to", fontsize=8.5)
    said = "; ".join(f"{labels.get(m.method, m.method)}: {m.verdict}" for m in found)
    return svg(figure, f"Gait distance of policies trained on one clip to each clip. {said}")


def _number(table: Table, method: str, column: tuple[ClipColumn, Quantity]) -> Number:
    found = table.at(method, *column)
    assert found is not None
    return found


def _published(numbers: Sequence[Number]) -> dict[str, float]:
    """Return method -> the paper's number in a column; empty if their scale differs from ours."""
    drawn = max((abs(value) for number in numbers for value in number.known), default=0.0)
    found = {number.method: number.published for number in numbers if number.published is not None}
    return found if max(found.values(), default=0.0) <= 3 * drawn else {}


def _panel(axes: Any, numbers: Sequence[Number]) -> None:
    published = _published(numbers)
    for row, number in enumerate(numbers):
        if not number.known and number.method in published:
            continue
        if not number.known:
            axes.text(0, row, " no run" if number.absent else " none", va="center", fontsize=7.5, color=GREY)
            continue
        found = number.interval
        axes.barh(row, found.mean, height=0.62, color=PALE if number.method == "human" else COLOURS[5])
        axes.plot(number.known, [row] * len(number.known), ".", color=BLACK, markersize=3.5)
        if math.isfinite(found.low):
            axes.plot([found.low, found.high], [row, row], color=BLACK, linewidth=1.1)
    rows = [row for row, number in enumerate(numbers) if number.method in published]
    axes.plot(list(published.values()), rows, "D", color=COLOURS[1], markersize=3.5)
    axes.axvline(0, color=GREY, linewidth=0.6)
    if limits := numbers[0].quantity.limits:
        axes.set_xlim(limits[0], 1.02 * limits[1])
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)


def _means(matrix: Matrix) -> np.ndarray:
    return np.array(
        [[matrix.numbers[trained, clip].interval.mean for clip in matrix.clips] for trained in matrix.clips]
    )


def _cells(axes: Any, matrix: Matrix, means: np.ndarray, top: float) -> None:
    axes.pcolormesh(means, cmap="cividis_r", vmin=0, vmax=top, edgecolors="white", linewidth=1.5)
    for i, trained in enumerate(matrix.clips):
        for j, clip in enumerate(matrix.clips):
            found = matrix.numbers[trained, clip].interval
            half = found.high - found.mean
            text = "–" if not math.isfinite(found.mean) else f"{found.mean:.3f}"
            text += f"\n±{half:.3f}" if math.isfinite(half) else ""
            ink = "white" if found.mean > 0.55 * top else BLACK
            weight = "bold" if i == j else "normal"
            axes.text(
                j + 0.5, i + 0.5, text, ha="center", va="center", color=ink, fontsize=8, fontweight=weight
            )
    places = np.arange(len(matrix.clips)) + 0.5
    axes.set_xticks(places, matrix.clips, fontsize=7.5)
    axes.set_yticks(places, matrix.clips, fontsize=7.5)
    axes.invert_yaxis()
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _place(clip: ClipColumn) -> str:
    return f"{clip.robot}, {clip.video}" if clip.video else f"{clip.robot}, all clips"


def _said(table: Table, column: tuple[ClipColumn, Quantity], labels: Mapping[str, str]) -> str:
    known = [(m, _number(table, m, column)) for m in table.methods]
    figures = ", ".join(f"{labels.get(m, m)} {n.interval.mean:.3g}" for m, n in known if n.known)
    return f"{_place(column[0])}, {column[1].label}: {figures}"
