"""Other tools' joint names of insects and spiders, whose legs have a side and a number."""

from __future__ import annotations

import re

from video2reward.skeletons import Skeleton

_SIDES = {"l": "L", "left": "L", "r": "R", "right": "R"}
# Insects' legs by place; spiders' have numbers.
_PLACES = {"fore": 1, "front": 1, "f": 1, "middle": 2, "mid": 2, "m": 2, "hind": 3, "rear": 3, "h": 3}
# Part -> joint and rank; if several names mean the same joint, the lowest rank wins.
_PARTS = {
    "coxa": ("Coxa", 0), "base": ("Coxa", 1), "root": ("Coxa", 1), "hip": ("Coxa", 1),
    "knee": ("Knee", 0), "femurtibia": ("Knee", 1), "femurpatella": ("Knee", 1), "patella": ("Knee", 2),
    "tarsus": ("Tarsus", 0), "claw": ("Tarsus", 1), "tip": ("Tarsus", 1), "foot": ("Tarsus", 1), "end": ("Tarsus", 2),
}  # fmt: skip
_MIDDLE = {
    "head": ("Head", 0), "neck": ("Head", 1), "eyes": ("Head", 2), "carapace": ("Head", 3),
    "waist": ("Waist", 0), "pedicel": ("Waist", 1), "petiole": ("Waist", 1),
    "abdomen": ("Abdomen", 0), "abdomentip": ("Abdomen", 0), "spinneret": ("Abdomen", 1), "spinnerets": ("Abdomen", 1),
}  # fmt: skip
# Joints and parts that ours lack.
_SPARE = {
    "antenna", "wing", "palp", "pedipalp", "chelicera", "eye", "thorax", "coxafemur", "coxatrochanter", "trochanter",
    "trochanterfemur", "femur", "tibia", "tibiatarsus", "patellatibia", "tibiametatarsus", "metatarsus",
    "metatarsustarsus", "bodycoxa", "scutellum", "mandible",
}  # fmt: skip
_FILLERS = {"leg", "joint", "point", "j"}


def meaning_of_leg(name: str, bones: Skeleton) -> tuple[str, int] | None:
    """Return the joint that a name such as L1_tarsus, leg_R3_tip or LF_femur-tibia means, and its rank.

    ("", 0) for a part not used, None if unknown
    """
    words = [word.casefold() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]
    words = [
        letter
        for word in words
        for letter in (word if word in ("lf", "lm", "lh", "rf", "rm", "rh") else [word])
    ]
    sides = {_SIDES[word] for word in words if word in _SIDES}
    numbers = {int(word) for word in words if word.isdigit()}
    if bones.name == "insect" and not numbers:
        numbers = {_PLACES[word] for word in words if word in _PLACES}
        words = [word for word in words if word not in _PLACES]
    part = "".join(
        word for word in words if not word.isdigit() and word not in _SIDES and word not in _FILLERS
    )
    if part in _SPARE:
        return "", 0
    if not sides and not numbers:
        return _MIDDLE.get(part)
    if len(sides) != 1 or len(numbers) != 1 or part not in _PARTS:
        return None
    joint, rank = _PARTS[part]
    found = f"{sides.pop()}_{joint}_{numbers.pop()}"
    return (found, rank) if found in bones.joints else None
