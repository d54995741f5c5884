"""Feedback in plain English, part by part, as a method asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from video2reward.artifacts.selection import Selection
from video2reward.settings import Method

if TYPE_CHECKING:
    from video2reward.feedback.compare import Comparison
    from video2reward.similarity import GaitSimilarity

_LONGEST_ERROR = 2000
# Autocorrelation below which feet are not said to move periodically.
_PERIODIC = 0.5


def feedback_text(comparison: Comparison, selection: Selection, method: Method) -> str:
    """Return the parts that the method passes on, in its order, and what candidates failed of."""
    parts: dict[str, Callable[[Comparison, Selection], str]] = {
        "success": success_text,
        "components": components_text,
        "similarity": similarity_text,
        "gait": gait_text,
    }
    texts = [parts[name](comparison, selection) for name in method.feedback]
    texts.append(failure_text(selection))
    return "\n\n".join(text for text in texts if text)


def failure_text(selection: Selection) -> str:
    """Return the errors of the round's candidates that could not be used; "" if all could."""
    failed = [c for c in selection.candidates if c.status != "ok"]
    if not failed:
        return ""
    count = (
        "None"
        if len(failed) == len(selection.candidates)
        else f"Only {len(selection.candidates) - len(failed)}"
    )
    lines = [f"{count} of the {len(selection.candidates)} reward functions of this round could be used."]
    lines += [f"Candidate {c.k}: {_tail(c.traceback)}" for c in failed]
    return "\n\n".join(lines)


def success_text(comparison: Comparison, selection: Selection) -> str:
    """Say how well the policy does its task."""
    best = selection.best
    if best is None:
        return ""
    sentences = []
    if best.success is not None:
        sentences.append(
            f"Task: success {best.success:.3f} a step over the trained commands (minus the squared errors of "
            "velocity and yaw rate; 0 is perfect)"
        )
    if best.falls is not None:
        sentences.append(f"{best.falls:.0%} of the agents fell at the video's speed")
    if best.velocity_error is not None:
        sentences.append(f"velocity error averaged over a stride {best.velocity_error:.2f} m/s")
    return "; ".join(sentences) + "." if sentences else ""


def components_text(comparison: Comparison, selection: Selection) -> str:
    """List the training curves of the reward's components."""
    if not comparison.curves:
        return ""
    lines = ["Training curves, about ten values evenly spaced over the training (mean per step):"]
    for name, curve in comparison.curves.items():
        values = ", ".join(_short(value) for value in curve.values)
        lines.append(
            f"{name}: [{values}], max {_short(curve.greatest)}, mean {_short(curve.mean)}, min {_short(curve.least)}"
        )
    return "\n".join(lines)


def similarity_text(comparison: Comparison, selection: Selection) -> str:
    """List the paper's distance of each joint."""
    paper = comparison.paper
    if paper is None:
        return ""
    if not paper.segments:
        return "Distance from the video by FastDTW: not measured, no agent stayed up and moved periodically."
    joints = ", ".join(f"{name} {value:.2f}" for name, value in paper.joints.items())
    return (
        "Distance from the video by FastDTW, summed over two strides (parts of the picture, lower is closer): "
        f"{joints}; mean {paper.raw_sum:.2f}."
    )


def gait_text(comparison: Comparison, selection: Selection) -> str:
    """Say where the gait differs from the video's."""
    gait = comparison.gait
    if gait is None:
        return ""
    joints = sorted(gait.joints.items(), key=lambda item: -item[1])
    lines = [
        f"Gait distance {gait.distance:.3f} body lengths per aligned sample; a robot that stands still has "
        f"{gait.standing:.3f}, the video's own motion 0; similarity {gait.similarity:.2f} (1 is the video, 0 standing).",
        "By joint, worst first: " + ", ".join(f"{name} {value:.3f}" for name, value in joints) + ".",
    ]
    if gait.fallen:
        lines.append(f"{gait.fallen} of {len(gait.agents)} agents fell and count as standing still.")
    lines.append(_period_text(gait))
    ratios = ", ".join(
        f"{name} {value:.2f}" for name, value in gait.amplitude_ratio.items() if np.isfinite(value)
    )
    if ratios:
        lines.append(f"Amplitude of the joints, robot over video (1 is right): {ratios}.")
    pairs = [
        f"{kind} {value:.2f} (video {gait.clip_paws[kind]:.2f})"
        for kind, value in gait.paws.items()
        if np.isfinite(value)
    ]
    if pairs:
        lines.append("Correlation of the feet's forward positions: " + ", ".join(pairs) + ".")
    return "\n".join(lines)


def _period_text(gait: GaitSimilarity) -> str:
    """Say how the robot's stride period compares with the reference's."""
    if not np.isfinite(gait.period_ratio) or gait.period_strength < _PERIODIC:
        return f"The feet do not move periodically (strength {gait.period_strength:.2f} of 1)."
    verdict = "right"
    if abs(gait.period_ratio - 1) > 0.05:
        verdict = f"strides are {'slower' if gait.period_ratio > 1 else 'quicker'} than they should be"
    return (
        f"Stride period {gait.period_s:.2f} s, {gait.period_ratio:.2f} of the reference's ({verdict}); repeats itself "
        f"with strength {gait.period_strength:.2f} of 1."
    )


def _short(value: float) -> str:
    return f"{value:.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:.2g}"


def _tail(text: str) -> str:
    """Return an error's last part, where the cause stands."""
    text = text.strip() or "no reason was recorded"
    return text if len(text) <= _LONGEST_ERROR else "... " + text[-_LONGEST_ERROR:]
