"""motion.png: the motion for people to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from video2reward.artifacts.io import atomic_path
from video2reward.artifacts.motion import Motion
from video2reward.skeletons import Skeleton, skeleton

# One colour a limb, told apart by colour-blind readers too (Okabe & Ito 2008).
LIMB_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")
_GREY = "#888888"


def draw_motion(motion: Motion, path: Path) -> None:
    """Draw the mean cycle, the feet over time, the gait diagram and the figures; PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 8), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplot_mosaic([["cycle", "forward"], ["gait", "figures"]], width_ratios=[1, 1.4])
    kind = skeleton(motion.skeleton)
    _draw_cycle(axes["cycle"], motion, kind)
    _draw_forward(axes["forward"], motion, kind)
    draw_gait_diagram(axes["gait"], motion.limb_names, motion.touchdown, motion.duty_factor)
    _write_figures(axes["figures"], motion)
    with atomic_path(path) as aside:
        figure.savefig(aside, dpi=110, format="png")


def draw_gait_diagram(axes: Any, limbs: tuple[str, ...], touchdown: np.ndarray, duty: np.ndarray) -> None:
    """Draw when each foot is on the ground, as bars over one stride (Hildebrand's gait diagram)."""
    for row, (start, part) in enumerate(zip(touchdown, duty, strict=True)):
        if np.isfinite(start) and np.isfinite(part):
            for shift in (-1, 0):
                axes.barh(row, part, left=start + shift, height=0.6, color=LIMB_COLOURS[row % 6])
    axes.set(yticks=range(len(limbs)), xlim=(0, 1), xlabel="phase, cycles", title="feet on the ground")
    axes.set_yticklabels([name.replace("_", " ") for name in limbs])
    axes.invert_yaxis()


def _draw_cycle(axes: Any, motion: Motion, kind: Skeleton) -> None:
    closed = np.concatenate([motion.cycle, motion.cycle[:1]])
    for a, b in kind.bones:
        bone = motion.cycle[0, [kind.index(a), kind.index(b)]]
        axes.plot(*bone.T, color=_GREY, linewidth=1.5)
    for row, limb in enumerate(kind.limbs):
        for joint, width in ((limb.knee, 0.8), (limb.foot, 1.8)):
            axes.plot(*closed[:, kind.index(joint)].T, color=LIMB_COLOURS[row % 6], linewidth=width)
    axes.set(title="mean cycle, about the trunk", xlabel="forward, body lengths", ylabel="up, body lengths")
    axes.set_aspect("equal")


def _draw_forward(axes: Any, motion: Motion, kind: Skeleton) -> None:
    for row, limb in enumerate(kind.limbs):
        joint = kind.index(limb.foot)
        colour = LIMB_COLOURS[row % 6]
        seen = np.where(motion.confidence[:, joint] > 0, motion.body[:, joint, 0], np.nan)
        axes.plot(motion.times, motion.body[:, joint, 0], color=colour, linewidth=0.6, alpha=0.6)
        axes.plot(motion.times, seen, color=colour, linewidth=1.6, label=limb.name.replace("_", " "))
    axes.set(title="feet (thin: not seen, filled in)", xlabel="time, s", ylabel="forward, body lengths")
    axes.legend(fontsize=8, loc="upper right")


def _write_figures(axes: Any, motion: Motion) -> None:
    axes.axis("off")
    lines = [
        f"stride period   {motion.period_s:.3f} s (confidence {motion.period_confidence:.2f})",
        f"speed           {motion.speed:.2f} body lengths/s, {motion.speed_m_s:.2f} m/s",
        f"hip height      {motion.leg_length:.2f} body lengths, {motion.leg_length_m:g} m",
        f"body length     {motion.body_length_px:.0f} px",
        f"camera          {motion.camera}",
        f"travels         to the {'left' if motion.mirrored else 'right'} of the picture",
        f"subject         {motion.species}, {motion.skeleton}",
        f"clip            {motion.times[-1] - motion.times[0]:.2f} s, {motion.fps:.1f} frames/s",
        "",
        "limb            touchdown   duty factor",
        *(
            f"{name.replace('_', ' '):15s} {start:9.2f} {duty:13.2f}"
            for name, start, duty in zip(motion.limb_names, motion.touchdown, motion.duty_factor, strict=True)
        ),
    ]
    axes.text(0, 1, "\n".join(lines), family="monospace", va="top", fontsize=10)
