"""A single motion in words: how high, how far and when the robot flies, beside what the clip asks for."""

from __future__ import annotations

from video2reward.similarity.jumps import JumpFigures

# Differences that are small enough: body lengths; s.
_NEAR, _ON_TIME = 0.03, 0.05


def jump_text(found: JumpFigures | None) -> str:
    """Return the sentences on the trunk's way and the flight; "" where there is none."""
    if found is None:
        return ""
    wanted = found.wanted
    lines = [
        f"Mean of {found.motions} motions: the trunk rises {_length(found.rise)} of {wanted['rise']:.2f} body lengths above its "
        f"standing height{_verdict(found.rise, wanted['rise'])} and goes {_length(found.distance)} of "
        f"{wanted['distance']:.2f} forward{_verdict(found.distance, wanted['distance'])}."
    ]
    if wanted["flight"] > 0:
        lines.append(_flight(found))
    if found.landed < 1:
        lines.append(f"{100 * (1 - found.landed):.0f} % of the motions end in a fall or follow one.")
    return " ".join(lines)


def _flight(found: JumpFigures) -> str:
    if not found.flew:
        return "The feet never leave the ground all at once, though the video's do."
    times = (("takes off", found.late_off), ("lands", found.late_down))
    told = " and ".join(f"{verb} {_late(late)}" for verb, late in times)
    some = "" if found.flew == 1 else f" In {100 * (1 - found.flew):.0f} % of the motions there is no flight."
    return f"All feet are off the ground for {found.flight:.2f} of {found.wanted['flight']:.2f} s; the robot {told}.{some}"


def _late(seconds: float) -> str:
    if abs(seconds) <= _ON_TIME:
        return "on time"
    return f"{abs(seconds):.2f} s {'late' if seconds > 0 else 'early'}"


def _length(value: float) -> str:
    return f"{value + 0.0:.2f}"


def _verdict(own: float, wanted: float) -> str:
    if abs(own - wanted) <= _NEAR:
        return " (near enough)"
    return " (too little)" if own < wanted else " (too much)"
