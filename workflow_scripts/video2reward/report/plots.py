"""The report's pictures, as SVG text that goes straight into the page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from video2reward.report.gather import CandidateView

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WINDOW = 5


def learning_curves(candidates: Sequence[CandidateView]) -> str:
    """Draw success and episode length of every candidate over environment steps -> SVG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3))
    panels = (("success", "success per step"), ("episode_length", "episode length, steps"))
    for axes, (column, label) in zip(figure.subplots(1, 2), panels, strict=True):
        for candidate in candidates:
            steps, values = candidate.curves.get("step", []), candidate.curves.get(column, [])
            if steps:
                width = 2.2 if candidate.chosen else 1.0
                name = f"round {candidate.iteration}, candidate {candidate.k}"
                axes.plot(steps, _smooth(values), linewidth=width, label=name)
        axes.set_xlabel("environment steps")
        axes.set_ylabel(label)
        axes.grid(alpha=0.3)
        if axes.get_lines():
            axes.legend(fontsize=7)
    return _svg(figure)


def component_curves(candidate: CandidateView) -> str:
    """Draw the chosen reward's components over environment steps -> SVG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3))
    axes = figure.subplots()
    for name, values in candidate.curves.items():
        if name.startswith("reward/"):
            axes.plot(candidate.curves["step"], _smooth(values), label=name.removeprefix("reward/"))
    axes.set_xlabel("environment steps")
    axes.set_ylabel("mean per step")
    axes.grid(alpha=0.3)
    if axes.get_lines():
        axes.legend(fontsize=7, ncols=2)
    return _svg(figure)


def _smooth(values: Sequence[float]) -> list[float]:
    """Average each value with the few before it, so that curves of short rollouts can be told apart."""
    return [
        sum(values[max(0, i - _WINDOW + 1) : i + 1]) / len(values[max(0, i - _WINDOW + 1) : i + 1])
        for i in range(len(values))
    ]


def _svg(figure: Figure) -> str:
    figure.tight_layout()
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg")
    text = buffer.getvalue()
    return text[text.index("<svg") :]
