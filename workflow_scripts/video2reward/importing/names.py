"""What names say of legs: geometry decides, names only tell when it may have been misled."""

from __future__ import annotations

import re
from typing import Any

from video2reward.importing.chains import Body

# Two letters as makers write them: FL, LF, RL (rear left), HL, LH, ...; or words.
_CODES = {
    "fl": "left_fore", "lf": "left_fore", "fr": "right_fore", "rf": "right_fore", "hl": "left_hind", "lh": "left_hind",
    "rl": "left_hind", "hr": "right_hind", "rh": "right_hind", "rr": "right_hind",
}  # fmt: skip
_WORDS = {"fore": "front|fore", "hind": "rear|hind|back", "left": "left", "right": "right"}


def doubts(model: Any, data: Any, body: Body) -> list[str]:
    """Return sentences on legs that are named otherwise than they lie, and on feet that point backwards."""
    found = []
    named = {leg.name: named_leg(model.joint(leg.joints[0]).name) for leg in body.legs}
    wrong = [f"{where} is named {said}" for where, said in named.items() if said not in (None, where)]
    if len(body.legs) == 4 and wrong:
        found.append(
            f"Names and places differ ({', '.join(wrong)}); places were followed: look whether the base's x axis points forward."
        )
    ahead = [
        data.geom_xpos[g, 0] - data.xanchor[leg.ankle, 0]
        for leg in body.legs if leg.ankle is not None for g in leg.soles
    ]  # fmt: skip
    if ahead and sum(ahead) < 0:
        found.append(
            "The feet reach backwards from the ankles: look whether the base's x axis points forward."
        )
    return found


def named_leg(name: str) -> str | None:
    """Return the leg that a joint's name speaks of (left_fore, ...); None if it says nothing clear."""
    parts = re.split(r"[^a-z]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower())
    codes = {_CODES[part] for part in parts if part in _CODES}
    if len(codes) == 1:
        return codes.pop()
    said = {word for word, pattern in _WORDS.items() if any(re.fullmatch(pattern, part) for part in parts)}
    side, end = said & {"left", "right"}, said & {"fore", "hind"}
    return f"{side.pop()}_{end.pop()}" if len(side) == len(end) == 1 else None
