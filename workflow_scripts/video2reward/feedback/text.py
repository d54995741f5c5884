"""Feedback in plain English by part; a part may have shorter versions for small context windows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from video2reward.artifacts.selection import Selection
from video2reward.feedback.candidates import candidates_text, failure_texts, screen_text
from video2reward.feedback.falls import falls_text
from video2reward.feedback.gait_text import gait_text
from video2reward.feedback.joint_text import joint_lines
from video2reward.feedback.jump_text import jump_text
from video2reward.feedback.posture_text import posture_text
from video2reward.feedback.statistics import Curve, thinned
from video2reward.feedback.trend import trend_text
from video2reward.feedback.walking import walk_text
from video2reward.settings.method import Method

if TYPE_CHECKING:
    from video2reward.feedback.comparison import Comparison

# Number of joints in the short version.
_FEW = 3
# Relative change over the training below which a component counts as constant.
_CONSTANT = 0.05


def feedback_sections(comparison: Comparison, selection: Selection, method: Method) -> dict[str, list[str]]:
    """Return the method's measured feedback parts, in its order: part -> versions, longest first.

    The failures are always included if no candidate of the round could be used, and what the screen found.
    """
    parts: dict[str, Callable[[Comparison, Selection], list[str]]] = {
        "score": lambda _, chosen: [score_text(chosen)],
        "success": lambda found, chosen: [success_text(found, chosen)],
        "falls": lambda found, _: [
            falls_text(found.falls, found.training, bool(found.jump)) if found.falls else ""
        ],
        "trend": lambda found, _: [trend_text(found.trend)],
        "gait": lambda found, _: [gait_text(found.gait, found.joints, found.reach)],
        "posture": lambda found, _: [posture_text(found.posture, found.reference)],
        "joints": lambda found, _: joints_texts(found),
        "components": lambda found, _: components_texts(found.curves),
        "shares": lambda found, _: [shares_text(found)],
        "similarity": lambda found, _: [similarity_text(found)],
        "candidates": lambda _, chosen: [candidates_text(chosen)],
        "failures": lambda _, chosen: failure_texts(chosen),
        "screen": lambda _, chosen: [screen_text(chosen)],
    }
    names = [*(name for name in method.feedback if name in parts), "screen"]
    if selection.round_status == "failed":
        names = ["failures", *(name for name in names if name != "failures")]
    sections = {name: parts[name](comparison, selection) for name in names}
    return {name: versions for name, versions in sections.items() if versions[0]}


def whole_text(sections: Mapping[str, list[str]]) -> str:
    """Return all parts at full length."""
    return "\n\n".join(versions[0] for versions in sections.values())


def score_text(selection: Selection) -> str:
    """Return the sentence on the papers' score of the best reward."""
    best = selection.best
    if best is None or best.h_mts is None:
        return ""
    return f"Task score {best.h_mts:.3f}: the highest success of the training's epochs{_meaning(selection)}."


def success_text(comparison: Comparison, selection: Selection) -> str:
    """Return the text on the policy's success at its task."""
    best = selection.best
    if best is None:
        return ""
    sentences = []
    if best.success is not None:
        per = " a step over the trained commands" if comparison.jump is None else ""
        sentences.append(f"Task: success {best.success:.3f}{per}{_meaning(selection)}")
    if best.falls is not None:
        where = " at the video's speed" if comparison.jump is None else ""
        sentences.append(f"{100 * best.falls:.0f} % of the agents fell{where}")
    if best.velocity_error is not None:
        sentences.append(f"velocity error averaged over a stride {best.velocity_error:.2f} m/s")
    task = "; ".join(sentences) + "." if sentences else ""
    told = walk_text(comparison.walk) if comparison.walk else jump_text(comparison.jump)
    return "\n".join(line for line in (task, told) if line)


def _meaning(selection: Selection) -> str:
    words = selection.success_words
    return f" ({words.sentence})" if words else ""


def components_texts(curves: Mapping[str, Curve]) -> list[str]:
    """Return the training curves of the reward's components in three versions: with ten values, five, or none."""
    if not curves:
        return [""]
    versions = []
    for count, words in ((10, "about ten values"), (5, "five values"), (0, "")):
        head = f"Training curves, {words} evenly spaced over the training (mean per step):"
        lines = [head if count else "Training curves (mean per step):"]
        lines += [_curve_text(name, thinned(curve, count)) for name, curve in curves.items()]
        versions.append("\n".join(lines))
    return versions


def shares_text(comparison: Comparison) -> str:
    """Return the text on the components' shares at the end of training, and on those that hardly changed."""
    shares = comparison.shares
    if not shares:
        return ""
    ordered = sorted(shares.items(), key=lambda item: (-item[1].share, item[0]))
    listed = ", ".join(f"{name} {100 * share.share:.0f} %" for name, share in ordered)
    text = f"Share of the reward at the end of training, by absolute value: {listed}."
    still = [name for name, share in ordered if abs(share.change) < _CONSTANT]
    if still:
        text += f" Changed by less than {100 * _CONSTANT:.0f} % from the first tenth to the last: {', '.join(still)}."
    return text


def similarity_text(comparison: Comparison) -> str:
    """Return the text on the paper's distance of each joint."""
    paper = comparison.paper
    if paper is None:
        return ""
    if not paper.segments:
        return "Distance from the video by FastDTW: not measured, no agent stayed up and moved periodically."
    joints = ", ".join(f"{name} {value:.2f}" for name, value in paper.joints.items())
    return (
        f"Distance from the video by FastDTW, summed over two {'motions' if comparison.jump else 'strides'} (parts of the "
        "picture, lower is closer): "
        f"{joints}; mean {paper.raw_sum:.2f}."
    )


def joints_texts(comparison: Comparison) -> list[str]:
    """Return the text on each keypoint's differences; the short version has only the largest ones."""
    errors, gait = comparison.joints, comparison.gait
    if errors is None or gait is None or not errors.joints:
        return [""]
    gain = {name: value - comparison.reach[name] for name, value in gait.joints.items()}
    lines = joint_lines(errors, comparison.reference, gain)
    single = comparison.reference.kind == "single"
    timed = "" if single else "time is in cycles of the stride, against the middle of all keypoints' times; "
    head = (
        f"Keypoints of the {errors.agents} agents that stayed up against the video (v) and its motion in this robot's "
        f"reach (r). Amplitude is half of peak to peak in a {'motion' if single else 'stride'}, in body lengths of "
        f"{comparison.reference.body_length_m:.2f} m, its percentage is from the nearer of v and r; {timed}place is the mean, "
        "against r"
    )
    last = [_clock_text(errors.clock_lag)] if np.isfinite(errors.clock_lag) else []
    whole = "\n".join([f"{head}. Most to be gained first:", *lines, *last])
    few = "\n".join([f"{head}. Most to be gained, {_FEW} lines:", *lines[:_FEW], *last])
    return [whole, few] if len(lines) > _FEW else [whole]


def _clock_text(lag: float) -> str:
    if abs(lag) < 0.02:
        return "The stride as a whole keeps the clock's time."
    return f"The stride as a whole runs {abs(lag):.2f} cycle {'behind' if lag > 0 else 'ahead of'} the clock."


def _curve_text(name: str, curve: Curve) -> str:
    values = f"[{', '.join(_short(value) for value in curve.values)}], " if curve.values else ""
    return (
        f"{name}: {values}max {_short(curve.greatest)}, mean {_short(curve.mean)}, min {_short(curve.least)}"
    )


def _short(value: Any) -> str:
    return f"{value:.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:.2g}"
