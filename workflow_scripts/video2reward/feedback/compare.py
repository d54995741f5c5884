"""What a round's best policy is told: feedback.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.artifacts.selection import Selection
from video2reward.feedback.statistics import Curve, component_curves
from video2reward.feedback.text import failure_text, feedback_text
from video2reward.settings import Method
from video2reward.similarity import GaitSimilarity, PaperSimilarity, gait_similarity, paper_similarity


@dataclass(frozen=True)
class Comparison:
    """The best policy so far against the clip; None where no policy could be recorded.

    curves: component -> summary of its training curve
    """

    gait: GaitSimilarity | None
    paper: PaperSimilarity | None
    curves: dict[str, Curve]


def compare(
    rollout: Rollout, motion: Motion, reference: Reference, training: Mapping[str, np.ndarray]
) -> Comparison:
    """Compare a rollout with the clip by both definitions and summarise its training's curves."""
    curves = component_curves(dict(training))
    if not len(rollout.fell_at):
        return Comparison(None, None, curves)
    return Comparison(
        gait_similarity(rollout, reference), paper_similarity(rollout, motion, reference), curves
    )


def feedback(comparison: Comparison, selection: Selection, method: Method) -> dict[str, Any]:
    """Return what feedback.json holds.

    status: "failed" if no candidate of the round could be used, though an earlier best may be judged
    text: what the method passes on, in words; figures, gait, paper, components: everything, as numbers
    errors: candidate -> why it failed
    """
    failed = selection.round_status == "failed"
    errors = {str(c.k): c.traceback for c in selection.candidates if c.status != "ok"}
    text = failure_text(selection) if failed else feedback_text(comparison, selection, method)
    return {
        "status": "failed" if failed else "ok",
        "text": text,
        "parts": method.feedback,
        "figures": figures(comparison, selection),
        "gait": comparison.gait.as_dict() if comparison.gait else None,
        "paper": comparison.paper.as_dict() if comparison.paper else None,
        "components": {name: asdict(curve) for name, curve in comparison.curves.items()},
        "errors": errors,
    }


def figures(comparison: Comparison, selection: Selection) -> dict[str, Any]:
    """Return the single numbers a reader or a template looks for first; None where there are none.

    success, falls, velocity_error, h_mts: from the evaluation; the rest: from the recorded rollout
    """
    best, gait, paper = selection.best, comparison.gait, comparison.paper
    return {
        "policy": best.name if best else None,
        "success": best.success if best else None,
        "falls": best.falls if best else None,
        "velocity_error": best.velocity_error if best else None,
        "h_mts": best.h_mts if best else None,
        "rollout_falls": gait.fallen / len(gait.agents) if gait else None,
        "gait_distance": gait.distance if gait else None,
        "gait_similarity": gait.similarity if gait else None,
        "period_ratio": gait.period_ratio if gait else None,
        "amplitude_ratio": float(np.mean(list(gait.amplitude_ratio.values()))) if gait else None,
        "paper_distance": paper.raw_sum if paper else None,
    }
