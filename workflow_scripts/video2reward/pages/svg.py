"""Shared style of all plots (size, font, colours), and reproducible SVG output."""

from __future__ import annotations

import hashlib
import html
import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 5.4
"""Width of a figure, inches: on a phone, 9 pt text is then about 9 pixels high."""
# Safe for colour-blind readers (Okabe & Ito 2008); without yellow, which is too faint on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (5, 1.5, 1.2, 1.5)))
BLACK, GREY, PALE = "#111111", "#777777", "#CCCCCC"
_POINTS = 150
_STYLE: Any = {
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "grid.color": PALE,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "svg.fonttype": "none",  # keep text as text: searchable, accessible, small
    "svg.hashsalt": "video2reward",
}


def new_figure(height: float) -> Figure:
    """Return an empty figure with the page's width; height: inches."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        return Figure(figsize=(WIDTH, height), layout="constrained")


def style() -> Any:
    """Return the style context for making and drawing axes."""
    import matplotlib as mpl

    return mpl.rc_context(_STYLE)


def svg(figure: Figure, meaning: str) -> str:
    """Return the figure as SVG for embedding in a page; `meaning`: text alternative."""
    buffer = io.StringIO()
    with style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = re.sub(r'<g id="[^"]*">', "<g>", text[text.index("<svg") :])
    text = re.sub(r'font-family: [^;"]*', "font-family: sans-serif", text)
    text = re.sub(r' d="[^"]*"', lambda path: re.sub(r"\.(\d\d)\d+", r".\1", path[0]), text)
    # Ids must be unique on the page, or one plot would use another's clip paths.
    own = hashlib.sha256((meaning + text).encode()).hexdigest()[:8]
    text = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>v{own}-", text)
    label = html.escape(meaning, quote=True)
    return text.replace("<svg", f'<svg role="img" aria-label="{label}" style="max-width:100%;height:auto"', 1)


def svg_saying(sentence: str) -> str:
    """Return a placeholder with a sentence, for a plot without data."""
    figure = new_figure(0.5)
    with style():
        figure.text(0.0, 0.5, sentence, va="center")
    return svg(figure, sentence)


def words(name: str) -> str:
    """Return a joint's or limb's name in plain words."""
    parts = name.split("_")
    sides = {"L": "left", "R": "right"}
    ends = {"F": "front", "B": "back"}
    if parts[0] in sides:
        parts[0] = sides[parts[0]]
        if len(parts) > 2 and parts[1] in ends:
            parts[1] = ends[parts[1]]
    return " ".join(parts).lower()


def smoothed(steps: ArrayLike, values: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Smooth a curve and reduce it to at most 150 points.

    Each point is the mean over the preceding twentieth of the training; missing values are left out.
    """
    x, y = np.asarray(steps, float), np.asarray(values, float)
    known = np.isfinite(y)
    x, y = x[known], y[known]
    if not len(y):
        return x, y
    width = max(1, len(y) // 20)
    total = np.concatenate([[0.0], np.cumsum(y)])
    first = np.maximum(0, np.arange(len(y)) - width + 1)
    smooth = (total[1:] - total[first]) / (np.arange(len(y)) - first + 1)
    kept = np.unique(np.linspace(0, len(y) - 1, _POINTS).round().astype(int))
    return x[kept], smooth[kept]
