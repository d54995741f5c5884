"""The posture in words: trunk, legs, knees and hips, with their targets from the clip."""

from __future__ import annotations

import math

from video2reward.artifacts.reference import Reference
from video2reward.similarity.posture import ALLOWANCES, APART, NEAR_ENOUGH, UNITS, Posture, PostureSimilarity
from video2reward.skeletons import skeleton


def posture_text(found: PostureSimilarity | None, reference: Reference) -> str:
    """Return the text on the posture and its errors; "" if no agent stayed up."""
    if found is None or not found.agents:
        return ""
    robot, wanted = found.robot, found.wanted
    human = skeleton(reference.skeleton).subject == "human"
    lean = [lean_words(posture.lean, human) for posture in (robot, wanted)]
    words = {
        "lean": f"the trunk {lean[0]}; {'in the video it' if human else 'the wanted trunk'} {lean[1]}",
        "legs": f"the feet are on average {_feet(robot)}; wanted {_feet(wanted)}",
        "knees": f"the knees are bent by {robot.mean('knees'):.0f} degrees; wanted {wanted.mean('knees'):.0f}",
        "hip_height": f"the hips are at {robot.hip_height:.2f} of their standing height above the lower foot; wanted "
        f"{wanted.hip_height:.2f}",
    }
    known = [part for part in words if math.isfinite(found.errors[part])]
    over = "motion and rest" if reference.kind == "single" else "stride"
    lines = [f"Posture of the {found.agents} agents that stayed up, mean over the {over}:"]
    lines += [f"{words[part]}{_verdict(part, found)}." for part in known]
    if found.charge > NEAR_ENOUGH:
        lines.append(f"With its posture the gait distance counts as {found.distance:.3f} body lengths.")
    return "\n".join(lines)


def lean_words(degrees: float, human: bool) -> str:
    """Return a lean as a verb: "leans forward by 5 degrees", for animals "is pitched nose down by 5 degrees"."""
    if abs(degrees) < 0.5:
        return "is upright" if human else "is level"
    forward, back = (
        ("leans forward", "leans back") if human else ("is pitched nose down", "is pitched nose up")
    )
    return f"{forward if degrees > 0 else back} by {abs(degrees):.0f} degrees"


def _verdict(part: str, found: PostureSimilarity) -> str:
    if found.charges[part] <= NEAR_ENOUGH:
        return " (near enough)"
    return f" (too far off: {ALLOWANCES[part].free:g} {UNITS[part]} are free)"


def _feet(posture: Posture) -> str:
    legs = posture.legs.values()
    if legs and max(legs) - min(legs) > APART:
        return f"{sum(map(abs, legs)) / len(legs):.0f} degrees ahead of or behind the hips"
    return _ahead(posture.mean("legs"))


def _ahead(degrees: float) -> str:
    if abs(degrees) < 0.5:
        return "straight below the hips"
    return f"{abs(degrees):.0f} degrees {'ahead of' if degrees > 0 else 'behind'} the hips"
