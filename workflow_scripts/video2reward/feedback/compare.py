"""Content of feedback.json: the best policy compared with the clip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.artifacts.selection import Selection
from video2reward.feedback.comparison import Comparison
from video2reward.feedback.falls import Falls
from video2reward.feedback.joints import joint_errors
from video2reward.feedback.jump_text import jump_text
from video2reward.feedback.statistics import component_curves, component_shares
from video2reward.feedback.text import feedback_sections, whole_text
from video2reward.feedback.trend import trend
from video2reward.feedback.walking import walk
from video2reward.feedback.wish_text import wish_text
from video2reward.settings.method import Method
from video2reward.settings.wish import MeasuredWish, Wish
from video2reward.similarity import (
    gait_similarity,
    paper_similarity,
    posture_similarity,
)
from video2reward.similarity.jumps import jump_figures
from video2reward.similarity.reach import overall_reach, reach_distances
from video2reward.wishes.fulfilment import wish_fulfilment


def compare(
    rollout: Rollout,
    motion: Motion,
    reference: Reference,
    training: Mapping[str, np.ndarray],
    falls: Falls | None = None,
    wish: MeasuredWish | None = None,
) -> Comparison:
    """Compare a rollout with the clip, by both similarity definitions and joint by joint, and summarise its training.

    wish: what of the user's wish is measured
    """
    curves, shares = component_curves(dict(training)), component_shares(dict(training))
    reach = reach_distances(reference, rollout.dt)
    if not len(rollout.fell_at):
        return Comparison(reference, None, None, None, None, None, None, reach, training, curves, shares)
    gait, single = gait_similarity(rollout, reference), reference.kind == "single"
    posture = posture_similarity(rollout, reference, gait)
    fulfilment = None
    if wish is not None and wish.measured:
        fulfilment = wish_fulfilment(rollout, reference, wish, posture.distance, gait.standing)
    return Comparison(
        reference,
        gait,
        posture,
        paper_similarity(rollout, motion, reference),
        joint_errors(rollout, reference, gait),
        None if single else walk(rollout, reference.period_s),
        falls,
        reach,
        training,
        curves,
        shares,
        jump=jump_figures(rollout, reference) if single else None,
        wish=fulfilment,
    )


def feedback(
    comparison: Comparison,
    selection: Selection,
    method: Method,
    before: Mapping[str, Any] | None = None,
    wish: Wish | None = None,
) -> dict[str, Any]:
    """Return the content of feedback.json; `before`: that of the previous round; `wish`: the user's.

    status: "failed" if no candidate of the round could be used, even if an earlier best is compared
    text: the method's feedback in words; sections: the same by part, with shorter versions
    errors: candidate -> why it failed; all others: figures
    """
    failed = selection.round_status == "failed"
    numbers = {
        "figures": key_figures(comparison, selection),
        "gait": asdict(comparison.gait) if comparison.gait else None,
    }
    jump = comparison.jump
    comparison = Comparison(**{**vars(comparison), "trend": trend(before, numbers, selection.noise)})
    sections = feedback_sections(comparison, selection, method)
    if wish is not None:
        sections = {"wish": [wish_text(wish, comparison.wish, comparison.reference.before_wish)], **sections}
    return {
        "status": "failed" if failed else "ok",
        "text": whole_text(sections),
        "parts": method.feedback,
        "sections": sections,
        "figures": numbers["figures"],
        "gait": comparison.gait.as_dict() if comparison.gait else None,
        "posture": comparison.posture.as_dict() if comparison.posture else None,
        "paper": comparison.paper.as_dict() if comparison.paper else None,
        "reach": comparison.reach,
        "joints": asdict(comparison.joints) if comparison.joints else None,
        "walk": asdict(comparison.walk) if comparison.walk else None,
        **({"jump": jump.as_dict() | {"words": jump_text(jump)}} if jump else {}),
        "falls": asdict(comparison.falls) if comparison.falls else None,
        "trend": comparison.trend,
        **({"wish": comparison.wish} if comparison.wish else {}),
        "components": {name: asdict(curve) for name, curve in comparison.curves.items()},
        "shares": {name: asdict(share) for name, share in comparison.shares.items()},
        "errors": {str(c.k): c.traceback for c in selection.candidates if c.status != "ok"},
    }


def key_figures(comparison: Comparison, selection: Selection) -> dict[str, Any]:
    """Return the main figures, for readers and templates; None where missing.

    success, falls, velocity_error, h_mts: from the evaluation; the rest: from the recorded rollout
    jump_rise, jump_distance, jump_flight: of a single motion, the robot's by the clip's on this robot
    """
    best, gait, paper, posture = selection.best, comparison.gait, comparison.paper, comparison.posture
    jump = comparison.jump
    return {
        "policy": best.name if best else None,
        "success": best.success if best else None,
        "falls": best.falls if best else None,
        "velocity_error": best.velocity_error if best else None,
        "h_mts": best.h_mts if best else None,
        "wish": comparison.wish["success"] if comparison.wish else None,
        "rollout_falls": gait.fallen / len(gait.agents) if gait else None,
        "gait_distance": gait.distance if gait else None,
        "gait_similarity": gait.similarity if gait else None,
        "posture_distance": posture.distance if posture else None,
        "lean_error": posture.errors["lean"] if posture else None,
        "hip_height_error": posture.errors["hip_height"] if posture else None,
        "reachable_distance": overall_reach(comparison.reach, comparison.reference),
        "period_ratio": gait.period_ratio if gait else None,
        "amplitude_ratio": float(np.mean(list(gait.amplitude_ratio.values()))) if gait else None,
        "stride_size": comparison.joints.size if comparison.joints else None,
        "paper_distance": paper.raw_sum if paper else None,
        **(
            {f"jump_{part}": getattr(jump, part) / asked for part, asked in jump.wanted.items() if asked}
            if jump
            else {}
        ),
    }
