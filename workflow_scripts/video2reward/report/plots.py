"""Learning curves of the candidates, as SVG; see likeness.py for plots of the best policy's motion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from video2reward.artifacts.curves import COMPONENT
from video2reward.pages.svg import BLACK, COLOURS, DASHES, GREY, new_figure, smoothed, style, svg, svg_saying
from video2reward.report.gather import CandidateView
from video2reward.report.likeness import joint_heatmap, trajectories

__all__ = ["component_panels", "joint_heatmap", "learning_curves", "trajectories"]

# Above this number of curves, the legend names rounds instead of candidates.
_NAMED = 8
_PANELS = (("success", "success per step"), ("episode_length", "episode length, steps"))


def learning_curves(candidates: Sequence[CandidateView]) -> str:
    """Plot success and episode length of every candidate over environment steps; SVG.

    One colour per round, one dash pattern per candidate; the best is thick and black, a cross marks a failure.
    """
    drawn = [candidate for candidate in candidates if "step" in candidate.curves]
    if not drawn:
        return svg_saying("No candidate was trained: there are no learning curves.")
    labels = _labels(drawn)
    rows = -(-len(labels) // 2)
    figure = new_figure(4.2 + 0.2 * rows)
    with style():
        panels = figure.subplots(2, 1, sharex=True)
        for axes, (column, label) in zip(panels, _PANELS, strict=True):
            for candidate in sorted(drawn, key=lambda c: c.chosen):
                _curve(axes, candidate, column)
            axes.set_ylabel(label)
        panels[-1].set_xlabel("environment steps")
        _counted(panels[-1])
        figure.legend(handles=_handles(labels), loc="outside lower center", ncols=2, handlelength=3.2)
    names = ", ".join(c.name for c in drawn)
    return svg(figure, f"Learning curves of {names}: success per step and episode length over steps.")


def component_panels(candidate: CandidateView) -> str:
    """Plot a candidate's reward and its components over environment steps, one panel each; SVG."""
    names = [name for name in candidate.curves if name.startswith(COMPONENT)]
    names = [name for name in ("reward", *names) if name in candidate.curves]
    if not names:
        return svg_saying(f"{candidate.name} was not trained: there are no component curves.")
    rows = -(-len(names) // 2)
    figure = new_figure(0.5 + 1.15 * rows)
    with style():
        grid = figure.subplots(rows, 2, sharex=True, squeeze=False)
        for axes, name in zip(grid.ravel(), names, strict=False):
            steps, values = smoothed(candidate.curves["step"], candidate.curves[name])
            axes.plot(steps, values, color=BLACK if name == "reward" else COLOURS[0], linewidth=1.4)
            axes.axhline(0, color=GREY, linewidth=0.6)
            axes.set_title("the whole reward" if name == "reward" else name.removeprefix(COMPONENT))
        for axes in grid.ravel()[len(names) :]:
            axes.set_axis_off()
        for axes in grid[-1 - (len(names) % 2) :, -1]:
            axes.tick_params(labelbottom=True)
        _counted(grid[0, 0])
        figure.supxlabel("environment steps", fontsize=9)
        figure.supylabel("mean per step", fontsize=9)
    shown = ", ".join(name.removeprefix(COMPONENT) for name in names)
    return svg(figure, f"Reward and its components over the training of {candidate.name}: {shown}.")


def _curve(axes: Any, candidate: CandidateView, column: str) -> None:
    steps, values = smoothed(candidate.curves["step"], candidate.curves.get(column, []))
    axes.plot(steps, values, **_look(candidate))
    if candidate.failure is not None and len(steps):
        axes.plot(steps[-1:], values[-1:], "x", color=_look(candidate)["color"], markersize=7)


def _counted(axes: Any) -> None:
    """Format step counts as 250k or 1.5M."""
    from matplotlib.ticker import EngFormatter, MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))


def _look(candidate: CandidateView) -> dict[str, Any]:
    """Return a candidate's colour, dashes and width."""
    return {
        "color": BLACK if candidate.chosen else COLOURS[(candidate.iteration - 1) % len(COLOURS)],
        "linestyle": "-" if candidate.chosen else DASHES[(candidate.k - 1) % len(DASHES)],
        "linewidth": 2.2 if candidate.chosen else 1.1,
        "zorder": 3 if candidate.chosen else 2,
    }


def _labels(drawn: Sequence[CandidateView]) -> dict[str, dict[str, Any]]:
    """Return legend text -> look, in the order of the rounds."""
    found: dict[str, dict[str, Any]] = {}
    for candidate in drawn:
        look = _look(candidate)
        if candidate.chosen:
            found[f"{candidate.name}: the best"] = look
        elif len(drawn) <= _NAMED:
            found[candidate.name] = look
        else:
            others = any(c.chosen for c in drawn if c.iteration == candidate.iteration)
            name = f"{candidate.place}{', the others' if others else ''}"
            found[name] = look | {"linestyle": "-"}
    if any(candidate.failure for candidate in drawn):
        found["failed at this point"] = {"color": GREY, "linestyle": "", "marker": "x"}
    return found


def _handles(labels: dict[str, dict[str, Any]]) -> list[Any]:
    from matplotlib.lines import Line2D

    return [Line2D([], [], label=label, **look) for label, look in labels.items()]
