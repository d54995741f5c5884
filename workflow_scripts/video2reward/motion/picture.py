"""motion.png: the motion as plots and figures."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.artifacts.io import atomic_path
from video2reward.artifacts.motion import Motion
from video2reward.motion.repairs import summary
from video2reward.skeletons import Skeleton, skeleton

# One colour per limb, safe for colour-blind readers (Okabe & Ito 2008).
LIMB_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")
_GREY = "#888888"
_WIDTH = 84


def draw_motion(motion: Motion, path: Path) -> None:
    """Plot the mean cycle, the feet over time, the gait diagram and the figures as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 8), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplot_mosaic(
        [["cycle", "forward"], ["gait", "figures"]], width_ratios=[1, 1.4], height_ratios=[1, 1.15]
    )
    kind = skeleton(motion.skeleton)
    _draw_cycle(axes["cycle"], motion, kind)
    _draw_forward(axes["forward"], motion, kind)
    draw_gait_diagram(axes["gait"], motion.limb_names, motion.touchdown, motion.duty_factor)
    _write_figures(axes["figures"], motion)
    with atomic_path(path) as aside:
        figure.savefig(aside, dpi=110, format="png")


def draw_gait_diagram(axes: Any, limbs: tuple[str, ...], touchdown: np.ndarray, duty: np.ndarray) -> None:
    """Draw Hildebrand's gait diagram: each foot's stance as a bar over one stride."""
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
    title = "mean cycle" if motion.kind == "cyclic" else "the motion and the way back"
    axes.set(title=f"{title}, about the trunk", xlabel="forward, body lengths", ylabel="up, body lengths")
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
    angle = f", {motion.view_angle:.0f} degrees off the side" if np.isfinite(motion.view_angle) else ""
    sure = f" ({motion.camera_confidence:.0%} sure)" if np.isfinite(motion.camera_confidence) else ""
    slow = f", slowed {motion.slow_motion:g} times" if motion.slow_motion != 1 else ""
    limbs = zip(motion.limb_names, motion.touchdown, motion.duty_factor, strict=True)
    lines = [
        *_timing(motion),
        *speed_lines(motion),
        f"hip height      {motion.leg_length:.2f} body lengths, {motion.leg_length_m:g} m",
        f"body length     {motion.body_length_px:.0f} px",
        f"camera          {motion.camera}{sure}{angle}",
        f"travels         to the {'left' if motion.mirrored else 'right'} of the picture",
        f"subject         {motion.species}, {motion.skeleton}",
        f"clip            {motion.times[-1] - motion.times[0]:.2f} s described, {motion.fps:.1f} frames/s{slow}",
        "",
        "limb            touchdown   duty factor",
        *(f"{name.replace('_', ' '):15s} {start:9.2f} {duty:13.2f}" for name, start, duty in limbs),
        "",
        *textwrap.wrap(summary(motion.changed, len(motion.times)), _WIDTH),
    ]
    text = axes.text(0, 1, "\n".join(lines), family="monospace", va="top", fontsize=9)
    said = [line for sentence in motion.warnings for line in textwrap.wrap(f"! {sentence}", _WIDTH)]
    axes.annotate(
        "\n".join(said),
        (0, 0),
        (0, -4),
        xycoords=text,
        textcoords="offset points",
        va="top",
        fontsize=9,
        color="#B00020",
    )


def speed_lines(motion: Motion) -> list[str]:
    """Return the lines on speed."""
    lines = [f"speed           {motion.speed:.2f} body lengths/s, {motion.speed_m_s:.2f} m/s"]
    if not np.isfinite(motion.speed_error):
        return lines
    low, high = motion.speed - motion.speed_error, motion.speed + motion.speed_error
    metres = motion.speed_m_s / motion.speed
    return [
        *lines,
        f"90 % sure       {low:.2f} to {high:.2f} body lengths/s, {low * metres:.2f} to {high * metres:.2f} m/s",
    ]


def _timing(motion: Motion) -> list[str]:
    """Return the lines on the stride or the single motion."""
    found = motion.gait_figures
    if motion.kind == "single":
        return [
            f"one motion      {motion.gait}, {found['duration_s']:.2f} s, {found['flight_s']:.2f} s in flight",
            f"trunk           {found['rise']:.2f} up, {found['drop']:.2f} down, {found['distance']:.2f} forward, body lengths",
            f"repeats         every {motion.period_s:.3f} s, with a rest",
        ]
    lines = [f"stride period   {motion.period_s:.3f} s (confidence {motion.period_confidence:.2f})"]
    if motion.gait:
        lines = [f"gait            {motion.gait} ({motion.gait_confidence:.0%})", *lines]
        lines += [
            f"stride length   {motion.stride_length:.2f} body lengths, {found['stride_leg_lengths']:.2f} leg lengths",
            f"Froude number   {found['froude']:.2f}",
        ]
    if "after_next" in found:
        lines += [f"legs            land {found['after_next']:.2f} cycles after the next one behind"]
    if "fore_after_hind" in found:
        lines += [
            f"fore after hind {found['fore_after_hind']:.2f} cycles; pairs apart {found['fore_pair']:.2f}, {found['hind_pair']:.2f}"
        ]
    return lines
