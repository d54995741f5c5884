"""The gait figures in words: distance, period, amplitude and order of the legs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from video2reward.feedback.joints import PERIODIC, JointErrors
from video2reward.similarity import GaitSimilarity
from video2reward.similarity.clocked import overall

# Difference of foot correlations from the video's above which the legs move in another order.
_OTHER_ORDER = 0.4


def gait_text(gait: GaitSimilarity | None, errors: JointErrors | None, reach: Mapping[str, float]) -> str:
    """Return the text on differences from the video's gait; reach: joint -> distance of the motion in reach."""
    if gait is None or errors is None:
        return ""
    over = {name: value - reach[name] for name, value in gait.joints.items()}
    joints = sorted(gait.joints, key=lambda name: (-round(over[name], 3), name))
    if gait.kind == "single":
        return single_text(gait, errors, reach, joints)
    lines = [
        f"Gait distance {gait.distance:.3f} body lengths per aligned sample; a robot that stands still has "
        f"{gait.standing:.3f}, the video's own motion 0, the motion in this robot's reach "
        f"{np.mean(list(reach.values())):.3f}; similarity {gait.similarity:.2f} (1 is the video, 0 standing).",
        "By joint, in brackets what the motion in reach has, most to be gained first: "
        + ", ".join(f"{name} {gait.joints[name]:.3f} ({reach[name]:.3f})" for name in joints)
        + ".",
    ]
    if gait.fallen:
        lines.append(f"{gait.fallen} of {len(gait.agents)} agents fell and count as standing still.")
    lines += _size_lines(errors.sizes)
    if errors.stand:
        lines.append("The joints hardly move: the robot stands where it should go.")
    else:
        lines += [_period_text(gait), *_order_lines(gait)]
    return "\n".join(lines)


def single_text(
    gait: GaitSimilarity, errors: JointErrors, reach: Mapping[str, float], joints: list[str]
) -> str:
    """Return the text on a single motion; joints: in the order of what is to be gained."""
    lines = [
        f"Distance from the video's motion, by the clock, {gait.distance:.3f} body lengths; a robot that stands still has "
        f"{gait.standing:.3f}, the video's own motion 0, the motion in this robot's reach "
        f"{overall(np.array(list(reach.values()))):.3f}; similarity {gait.similarity:.2f} (1 is the video, 0 standing). The "
        "trunk's way counts as much as all joints together.",
        "By joint and for the trunk's way, in brackets what the motion in reach has, most to be gained first: "
        + ", ".join(f"{name} {gait.joints[name]:.3f} ({reach[name]:.3f})" for name in joints)
        + ".",
    ]
    if gait.fallen:
        lines.append(
            f"{gait.fallen} of {len(gait.agents)} agents fell; their motions count as standing still."
        )
    lines += [line.replace("in a stride", "in a motion") for line in _size_lines(errors.sizes)]
    if errors.stand:
        lines.append("The joints hardly move: the robot stands where it should jump.")
    return "\n".join(lines)


def _size_lines(sizes: Mapping[str, float]) -> list[str]:
    """Return the line on the joints' amplitudes relative to the video's."""
    if not sizes:
        return []
    # Sort by the rounded values, then by name, so that invisible differences do not matter.
    low, high = (min(sizes, key=lambda n: (sign * round(sizes[n], 2), n)) for sign in (1, -1))
    return [
        f"Size of the joints' movement in a stride, robot over video (1 is right): "
        f"{np.mean(list(sizes.values())):.2f} on average, from {sizes[low]:.2f} ({low}) to {sizes[high]:.2f} ({high})."
    ]


def _period_text(gait: GaitSimilarity) -> str:
    """Return the sentence on the stride period relative to the reference's."""
    if not np.isfinite(gait.period_ratio) or gait.period_strength < PERIODIC:
        return f"The feet do not move periodically (strength {gait.period_strength:.2f} of 1)."
    verdict = "right"
    if abs(gait.period_ratio - 1) > 0.05:
        verdict = f"strides are {'slower' if gait.period_ratio > 1 else 'quicker'} than they should be"
    return (
        f"Stride period {gait.period_s:.2f} s, {gait.period_ratio:.2f} of the reference's ({verdict}); repeats itself "
        f"with strength {gait.period_strength:.2f} of 1."
    )


def _order_lines(gait: GaitSimilarity) -> list[str]:
    """Return the lines on the correlations of the feet, and on a different order of the legs."""
    known = {kind: value for kind, value in gait.paws.items() if np.isfinite(value)}
    if not known:
        return []
    # + 0.0: no "-0.00"
    shown = {
        kind: [round(v, 2) + 0.0 for v in (value, gait.clip_paws[kind])] for kind, value in known.items()
    }
    pairs = [f"{kind} {own:.2f} (video {video:.2f})" for kind, (own, video) in shown.items()]
    lines = ["Correlation of the feet's forward positions: " + ", ".join(pairs) + "."]
    wrong = [kind for kind, value in known.items() if abs(value - gait.clip_paws[kind]) > _OTHER_ORDER]
    if wrong:
        lines.append(f"The legs do not move in the video's order: {', '.join(wrong)} pairs are far from it.")
    return lines
