"""similarity.png: the robot's joints compared with the clip's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.artifacts.io import atomic_path
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.similarity import GaitSimilarity
from video2reward.similarity.gait import PERIODS, body_view

_ROBOT, _CLIP, _STANDING = "#D55E00", "#0072B2", "#BBBBBB"


def draw_similarity(rollout: Rollout, reference: Reference, gait: GaitSimilarity | None, path: Path) -> None:
    """Plot each joint's distance and the feet's paths, robot against clip, as PNG; a notice if `gait` is None."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 6), layout="constrained")
    FigureCanvasAgg(figure)
    if gait is None:
        figure.text(0.5, 0.5, "No policy to compare: every candidate failed.", ha="center", fontsize=14)
    else:
        parts: Any = figure.subfigures(1, 2, width_ratios=[1, 1.2])
        _draw_bars(parts[0].subplots(), gait)
        _draw_paths(parts[1], rollout, reference, gait)
    with atomic_path(path) as aside:
        figure.savefig(aside, dpi=100, format="png")


def _draw_bars(axes: Any, gait: GaitSimilarity) -> None:
    names = list(gait.joints)
    rows = np.arange(len(names))
    axes.barh(rows, [gait.standing_joints[n] for n in names], 0.8, color=_STANDING, label="standing still")
    axes.barh(rows, [gait.joints[n] for n in names], 0.45, color=_ROBOT, label="robot")
    axes.set(yticks=rows, xlabel="distance from the clip, body lengths per sample")
    axes.set_yticklabels([name.replace("_", " ") for name in names])
    axes.invert_yaxis()
    axes.legend(fontsize=8)
    axes.set_title(f"gait similarity {gait.similarity:.2f}, {gait.fallen} of {len(gait.agents)} fell")


def _draw_paths(figure: Any, rollout: Rollout, reference: Reference, gait: GaitSimilarity) -> None:
    """Plot the feet's paths of the agent with the median distance among those that stayed up."""
    candidates = np.flatnonzero(~rollout.fell) if not rollout.fell.all() else np.arange(len(rollout.fell))
    agent = candidates[np.argsort(gait.agents[candidates])[len(candidates) // 2]]
    body = body_view(_only(rollout, int(agent)), reference)[0]
    body = body[-max(2, round(PERIODS * reference.period_s / rollout.dt)) :]
    columns = 2
    grid = figure.subplots(
        -(-len(reference.foot_names) // columns), columns, squeeze=False, sharex=True, sharey=True
    )
    for axes, foot in zip(grid.ravel(), reference.foot_names, strict=False):
        row = reference.keypoint_names.index(foot)
        clip = np.concatenate([reference.target[:, row], reference.target[:1, row]])
        for track, colour, label in ((clip, _CLIP, "clip"), (body[:, row], _ROBOT, "robot")):
            axes.plot(*(track - track.mean(axis=0)).T, color=colour, linewidth=1.5, label=label)
        axes.set_title(foot.replace("_", " "), fontsize=9)
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8)
    figure.suptitle("paths of the feet about their mean, body lengths, heights exaggerated", fontsize=10)


def _only(rollout: Rollout, agent: int) -> Rollout:
    part = slice(agent, agent + 1)
    arrays = ("qpos", "keypoints", "heading", "commands", "velocity", "fell_at")
    return replace(rollout, **{name: getattr(rollout, name)[part] for name in arrays})
