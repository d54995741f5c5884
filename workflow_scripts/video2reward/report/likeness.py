"""Plots that compare robot and video: joint costs over rounds, feet over a stride."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from video2reward.pages.svg import BLACK, COLOURS, new_figure, style, svg, svg_saying, words
from video2reward.report.gather import LoopView
from video2reward.similarity.clocked import TRUNK
from video2reward.similarity.foot_paths import aligned_feet, feet_rows, from_standing

_VIDEO, _ROBOT = COLOURS[0], COLOURS[1]
# Above _WIDE columns, labels show only the round; above _MANY, numbers are smaller.
_WIDE, _MANY = 5, 12


def joint_heatmap(loop: LoopView) -> str:
    """Plot each joint's gait cost, relative to standing still, of the best policy after every round; SVG."""
    columns = heatmap_columns(loop)
    if not columns:
        return svg_saying("No policy was evaluated: there is no similarity to show.")
    joints = [joint for joint in columns[0].joints if joint in (*loop.reference.scored, TRUNK)]
    values = np.array([[column.joints[joint] for column in columns] for joint in joints])
    values = np.vstack([values, [column.all_joints for column in columns]])
    names = [*(words(joint) for joint in joints), "all joints"]
    figure = new_figure(1.5 + 0.27 * len(names))
    with style():
        axes = figure.subplots()
        _cells(figure, axes, values)
        axes.set_yticks(np.arange(len(names)) + 0.5, names)
        labels = [column.name for column in columns]
        if len(labels) > _WIDE:
            labels = [label.split("\n")[0].removeprefix("round ") for label in labels]
            axes.set_xlabel("best so far after round")
        axes.set_xticks(np.arange(len(columns)) + 0.5, labels, fontsize=8.5)
        axes.axhline(len(joints), color="white", linewidth=4)
    said = "; ".join(f"{c.name.replace(chr(10), ' ')}: {c.all_joints:.2f}" for c in columns)
    return svg(figure, f"Gait cost relative to standing still, joint by joint; all joints together: {said}.")


@dataclass(frozen=True)
class Column:
    """One policy's gait costs relative to standing still: by scored joint, and all joints together."""

    name: str
    joints: dict[str, float]
    all_joints: float


def heatmap_columns(loop: LoopView) -> list[Column]:
    """Return the costs of the base policy and of the best policy after every round."""
    found = []
    base = _column("base\npolicy", loop.base)
    if base is not None:
        found.append(base)
    for selection in loop.selections:
        best = selection.best
        candidate = loop.candidate(best.iteration, best.k) if best else None
        if best is None or candidate is None:
            continue
        kept = best.iteration != selection.iteration
        whose = f"as {loop.graph.label(best.iteration)}" if kept else f"candidate {best.k}"
        column = _column(f"{loop.graph.label(selection.iteration)}\n{whose}", candidate.evaluation)
        if column is not None:
            found.append(column)
    return found


def trajectories(loop: LoopView) -> str:
    """Plot the feet's paths and forward positions over two strides, robot against video; SVG.

    The video's motion is the one within the robot's reach. Both are in robot body lengths, relative to the standing
    foot and the trunk's centre. The robot is the agent with the closest feet (median) among those that did not fall.
    """
    reference, rollout = loop.reference, loop.rollout()
    if not len(rollout.fell_at):
        return svg_saying("No policy could be recorded: there are no trajectories.")
    times, robot, video = aligned_feet(rollout, reference)
    loop_of_feet = from_standing(reference.cycle[:, feet_rows(reference)], reference)
    tracks = (
        (
            np.concatenate([loop_of_feet, loop_of_feet[:1]]),
            video,
            {"color": _VIDEO, "linestyle": (0, (4, 1.5))},
        ),
        (robot, robot, {"color": _ROBOT}),
    )
    feet = [words(name) for name in reference.foot_names]
    figure = new_figure(0.9 + 1.25 * len(feet))
    with style():
        grid = figure.subplots(len(feet), 2, sharex="col", sharey="col", squeeze=False, width_ratios=[1, 1.3])
        for row, (foot, (path, forward)) in enumerate(zip(feet, grid, strict=True)):
            for around, along, look in tracks:
                path.plot(*around[:, row].T, linewidth=1.4, **look)
                forward.plot(times, along[:, row, 0], linewidth=1.4, **look)
            path.set(ylabel="up")
            path.set_title(foot, loc="left", fontweight="bold")
            forward.set(ylabel="forward")
        grid[-1, 0].set_xlabel("forward, body lengths")
        of = "periods of the motion" if reference.kind == "single" else "strides of the video"
        grid[-1, 1].set_xlabel(f"time, {of}")
        figure.legend(
            handles=grid[0, 0].get_lines(), labels=["video, within the robot's reach", "robot"],
            loc="outside upper center", ncols=2, handlelength=3,
        )  # fmt: skip
    return svg(figure, f"Paths and forward positions of {', '.join(feet)}: robot against video.")


def _column(name: str, evaluation: dict[str, Any]) -> Column | None:
    """Return an evaluation's costs, None if the policy failed."""
    gait = (evaluation.get("deterministic") or {}).get("gait")
    if not gait:
        return None
    standing = gait["standing_joints"]
    joints = {joint: float(cost) / float(standing[joint]) for joint, cost in gait["joints"].items()}
    return Column(name, joints, float(gait["distance"]) / float(gait["standing"]))


def _cells(figure: Any, axes: Any, values: np.ndarray) -> None:
    """Draw the cells with their values, and a labelled colour bar."""
    from matplotlib import colormaps
    from matplotlib.colors import BoundaryNorm

    levels = np.linspace(0, 1.1, 12)
    colours = colormaps["cividis_r"].resampled(len(levels) - 1)
    norm = BoundaryNorm(levels, colours.N)
    mesh = axes.pcolormesh(values, cmap=colours, norm=norm, edgecolors="white", linewidth=1.5)
    size = 9 if values.shape[1] <= _MANY else 6
    for (row, column), value in np.ndenumerate(values):
        ink = "white" if _luminance(colours(norm(value))) < 0.19 else BLACK
        axes.text(column + 0.5, row + 0.5, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=size)
    axes.invert_yaxis()
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    bar = figure.colorbar(mesh, ax=axes, location="bottom", aspect=40, ticks=[0, 0.5, 1], extend="max")
    bar.ax.set_xticklabels(["0: the video's motion", "0.5", "1: standing still"])
    bar.outline.set_visible(False)


def _luminance(colour: Sequence[float]) -> float:
    """Return a colour's relative luminance, 0..1 (WCAG); black and white are equally legible on 0.18."""
    linear = (np.asarray(colour[:3]) + 0.055) ** 2.4 / 1.055**2.4
    return float(linear @ [0.2126, 0.7152, 0.0722])
