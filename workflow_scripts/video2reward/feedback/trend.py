"""Changes since the previous round: figures, by how much, for better or worse."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from video2reward.artifacts.selection import SeedNoise
from video2reward.scores.noise import difference_sd, tied
from video2reward.similarity.posture import ALLOWANCES

# Relative change below which a figure counts as unchanged.
_SAME = 0.05
# Maximum number of joints named as better, and as worse.
_JOINTS = 3


def _itself(value: float) -> float:
    return value


def _from_one(value: float) -> float:
    return abs(value - 1)


def _beyond(part: str, value: float) -> float:
    return max(0.0, abs(value) - ALLOWANCES[part].free)


# Key in feedback.json's figures, words, decimals, unit, measure to minimise.
_FIGURES: tuple[tuple[str, str, int, str, Callable[[float], float]], ...] = (
    ("gait_distance", "gait distance", 3, " body lengths", _itself),
    ("wish", "part of the wish fulfilled", 2, "", lambda value: -value),
    ("lean_error", "lean beyond the wanted", 1, " degrees", partial(_beyond, "lean")),
    ("hip_height_error", "hips above the wanted height", 2, " leg lengths", partial(_beyond, "hip_height")),
    ("success", "success", 3, "", lambda value: -value),
    ("falls", "part of the agents that fell", 2, "", _itself),
    ("velocity_error", "velocity error", 2, " m/s", _itself),
    ("period_ratio", "period, robot over reference", 2, "", _from_one),
    ("jump_rise", "rise, robot over video", 2, "", _from_one),
    ("jump_distance", "way forward, robot over video", 2, "", _from_one),
    ("jump_flight", "flight, robot over video", 2, "", _from_one),
    ("stride_size", "size of movement, robot over video", 2, "", _from_one),
)


def trend(
    before: Mapping[str, Any] | None, now: Mapping[str, Any], noise: SeedNoise | None = None
) -> dict[str, Any]:
    """Compare two rounds' feedback.json; {} if there is nothing to compare.

    noise: between seeds of one reward; gait distances nearer than it are no difference

    Returns before_policy, policy: names of the previous and the current best
    figures: name -> {"before", "now", "verdict": "better", "worse", "same" or "no difference"}
    noise: by how much two trainings of one reward differ, body lengths, None if unknown
    joints: scored keypoint -> [gait distance before, now], body lengths
    """
    if before is None or not before.get("figures", {}).get("policy") or not now["figures"]["policy"]:
        return {}
    old, new = before["figures"], now["figures"]
    moved = {
        key: {"before": old[key], "now": new[key], "verdict": _verdict(measure(old[key]), measure(new[key]))}
        for key, _, _, _, measure in _FIGURES
        if _known(old.get(key)) and _known(new.get(key))
    }
    if (gait := moved.get("gait_distance")) and tied(noise, gait["before"], gait["now"]):
        gait["verdict"] = "no difference"
    joints = [(content.get("gait") or {}).get("joints", {}) for content in (before, now)]
    return {
        "before_policy": old["policy"],
        "policy": new["policy"],
        "figures": moved,
        "noise": difference_sd(noise) if noise else None,
        "joints": {name: [joints[0][name], d] for name, d in joints[1].items() if name in joints[0]},
    }


def trend_text(found: Mapping[str, Any]) -> str:
    """Return the text on the changes, or that there are none if the best policy is still the same."""
    if not found:
        return ""
    if found["policy"] == found["before_policy"]:
        return f"Trend: none. {found['policy'].capitalize()} stays the best: no reward of the round after it did better."
    words = []
    for key, name, decimals, unit, _ in _FIGURES:
        if moved := found["figures"].get(key):
            change = f"{moved['before']:.{decimals}f} -> {moved['now']:.{decimals}f}{unit}"
            verdict = moved["verdict"]
            if verdict == "no difference":
                verdict += f": two trainings of one reward differ by {found['noise']:.3f}"
            words.append(f"{name} {change} ({verdict})")
    text = f"Trend, {found['before_policy']} -> {found['policy']}: {'; '.join(words)}."
    return " ".join([text, *_joints_text(found["joints"], found.get("noise") or 0.0)])


def _joints_text(joints: Mapping[str, list[float]], noise: float) -> list[str]:
    """Return the sentences on joints that came closer to the video and those that moved away, largest change first.

    noise: a smaller change, body lengths, is none: one joint's distance is no surer than the mean of all
    """
    change = {
        name: new - old
        for name, (old, new) in joints.items()
        if _verdict(old, new) != "same" and abs(new - old) >= noise
    }
    sentences = []
    for words, sign in (("Nearer to the video", -1), ("Farther from it", 1)):
        chosen = sorted((n for n in change if change[n] * sign > 0), key=lambda n: (-abs(change[n]), n))[
            :_JOINTS
        ]
        listed = ", ".join(f"{n} {joints[n][0]:.3f} -> {joints[n][1]:.3f}" for n in chosen)
        if listed:
            sentences.append(f"{words}: {listed}.")
    return sentences


def _verdict(old: float, new: float) -> str:
    """Return "better", "worse" or "same" for a figure that should be small."""
    if abs(new - old) <= _SAME * max(abs(old), abs(new)):
        return "same"
    return "better" if new < old else "worse"


def _known(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
