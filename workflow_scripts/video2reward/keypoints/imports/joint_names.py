"""Matching other tools' joint names to a skeleton: by the configured table, else by their words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from video2reward.errors import UserError, choices
from video2reward.keypoints.imports.leg_names import meaning_of_leg
from video2reward.skeletons import Skeleton

_SIDES = {"l": "left", "left": "left", "r": "right", "right": "right"}
_ENDS = {
    "front": "front", "fore": "front", "f": "front", "hind": "back", "back": "back", "rear": "back", "h": "back", "b": "back",
}  # fmt: skip
_FILLERS = {"of", "the", "joint", "leg", "limb", "point", "middle", "mid"}

# Word -> joint and rank; if several names mean the same joint, the lowest rank wins.
# SuperAnimal-Quadruped uses thai, knee, paw for front and hind legs; its neck runs from neck_base (between the
# ears) to neck_end (at the back).
_FORE = {
    "shoulder": ("Shoulder", 0), "thai": ("Shoulder", 1), "thigh": ("Shoulder", 1), "scapula": ("Shoulder", 2),
    "elbow": ("Elbow", 0), "knee": ("Elbow", 1),
    "paw": ("F_Paw", 0), "hoof": ("F_Paw", 0), "foot": ("F_Paw", 1), "toe": ("F_Paw", 2), "toes": ("F_Paw", 2),
}  # fmt: skip
_HIND = {
    "hip": ("Hip", 0), "thai": ("Hip", 1), "thigh": ("Hip", 1), "knee": ("Knee", 0), "stifle": ("Knee", 0),
    "paw": ("B_Paw", 0), "hoof": ("B_Paw", 0), "foot": ("B_Paw", 1), "toe": ("B_Paw", 2), "toes": ("B_Paw", 2),
}  # fmt: skip
_WITHOUT_END = {**{word: _FORE[word] for word in ("shoulder", "elbow")}, **{word: _HIND[word] for word in ("hip", "knee", "stifle")}}  # fmt: skip
_ANIMAL_MIDDLE = {
    ("nose",): ("Nose", 0), ("nose", "tip"): ("Nose", 0), ("snout",): ("Nose", 1), ("muzzle",): ("Nose", 2),
    ("neck",): ("Neck", 0), ("withers",): ("Neck", 1), ("end", "neck"): ("Neck", 2), ("back", "base"): ("Neck", 3),
    ("base", "neck"): ("Neck", 4), ("root", "tail"): ("Root_of_tail", 0), ("base", "tail"): ("Root_of_tail", 0),
    ("start", "tail"): ("Root_of_tail", 1), ("set", "tail"): ("Root_of_tail", 1), ("head", "tail"): ("Root_of_tail", 1),
    ("dock", "tail"): ("Root_of_tail", 1), ("tail",): ("Root_of_tail", 2),
}  # fmt: skip
_HUMAN = ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
# Parts of other skeletons that ours lack.
_SPARE = {
    "antler", "arm", "back", "belly", "body", "carpus", "center", "centre", "cheek", "chest", "chin", "collar", "ear",
    "earbase", "earend", "eyebrow", "face", "fetlock", "finger", "forearm", "forehead", "hand", "head", "heel", "hock",
    "index", "jaw", "lip", "lips", "mouth", "neck", "palm", "pelvis", "pinky", "rump", "shin", "skull", "spine", "sternum",
    "tail", "tarsus", "thorax", "throat", "thumb", "tongue", "torso", "trunk", "whisker",
}  # fmt: skip
_SPARE_IN = {"ap10k": {"ankle", "wrist"}, "coco17": {"big", "foot", "toe", "toes", "small", "shin"}}
_PLAIN = {"tip", "top", "bottom", "upper", "lower", "ring", "inner", "outer"}
_WORDS = sorted(
    {*_SIDES, *_ENDS, *_FILLERS, *_FORE, *_HIND, *_SPARE, *_HUMAN, *_PLAIN, *_SPARE_IN["coco17"]}
    | {word for words in _ANIMAL_MIDDLE for word in words}, key=len, reverse=True,
)  # fmt: skip


def rows_of(
    names: Sequence[str], bones: Skeleton, table: Mapping[str, str | None], source: str | Path
) -> list[int | None]:
    """Return the row in `names` of every joint of the skeleton, None if the file lacks it.

    Args:
        names: the file's joints
        bones: the skeleton
        table: `pose.joints`, their name -> ours, or None to leave it out; overrides the automatic matching
        source: the file, for error messages

    Raises:
        UserError: the table names an unknown joint; a joint is there twice; a name is unknown while joints of
            the skeleton are unmatched
    """
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise UserError(f"{source}: joint_names has {', '.join(twice)} twice; name every joint once")
    given = _checked(table, names, bones, source)
    taken = set(given.values())
    best: dict[str, tuple[int, int]] = {}
    unknown = []
    for row, name in enumerate(names):
        if name in table:
            continue
        meant = meaning(name, bones)
        if meant is None:
            unknown.append(name)
        elif meant[0] and meant[0] not in taken and meant[1] < best.get(meant[0], (99, 0))[0]:
            best[meant[0]] = meant[1], row
    rows = {joint: row for joint, (_, row) in best.items()}
    rows |= {joint: list(names).index(name) for name, joint in given.items() if joint is not None}
    without = [joint for joint in bones.joints if joint not in rows]
    if not rows or (unknown and without):
        raise UserError(_unmatched(unknown or list(names), without, bones, source))
    return [rows.get(joint) for joint in bones.joints]


def meaning(name: str, bones: Skeleton) -> tuple[str, int] | None:
    """Return the joint that a name means and its rank; ("", 0) for a part not used, None if unknown."""
    plain = name.replace(" ", "_").casefold()
    for joint in bones.joints:
        if joint.casefold() == plain:
            return joint, -1
    if bones.sprawled:
        return meaning_of_leg(name, bones)
    words = _words(name)
    if words is None:
        return None
    found = _animal(words) if bones.name == "ap10k" else _human(words)
    if found is not None:
        return found
    spare = _SPARE | _SPARE_IN[bones.name]
    if set(words) & set(_SIDES):
        spare = spare - set(_ENDS)  # back is a part in back_middle, not in back_left_leg
    return ("", 0) if set(words) & spare else None


def _animal(words: tuple[str, ...]) -> tuple[str, int] | None:
    sides = {_SIDES[word] for word in words if word in _SIDES}
    rest = sorted(word for word in words if word not in _SIDES and word not in _FILLERS)
    if not sides:
        return _ANIMAL_MIDDLE.get(tuple(rest))
    if len(sides) > 1:
        return None
    side = "L" if "left" in sides else "R"
    if rest == ["eye"]:
        return f"{side}_Eye", 0
    ends = {_ENDS[word] for word in rest if word in _ENDS}
    parts = [word for word in rest if word not in _ENDS]
    if len(parts) != 1 or len(ends) > 1:
        return None
    known = _WITHOUT_END if not ends else _FORE if "front" in ends else _HIND
    if parts[0] not in known:
        return None
    joint, rank = known[parts[0]]
    return f"{side}_{joint}", rank


def _human(words: tuple[str, ...]) -> tuple[str, int] | None:
    sides = {_SIDES[word] for word in words if word in _SIDES}
    rest = [word for word in words if word not in _SIDES and word not in {"joint", "point"}]
    if rest == ["nose"] and not sides:
        return "nose", 0
    if len(sides) == 1 and len(rest) == 1 and rest[0] in _HUMAN:
        return f"{sides.pop()}_{rest[0]}", 0
    return None


@cache
def _words(name: str) -> tuple[str, ...] | None:
    """Split LFrontPaw, left-front-paw, lf_paw or leftforepaw into words; None if a part is unknown."""
    pieces = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    words: list[str] = []
    for piece in pieces:
        split = _split(piece.casefold())
        if split is None:
            return None
        words += split
    return tuple(words) or None


def _split(piece: str) -> list[str] | None:
    """Split a piece into known words, trying the longest first."""
    if not piece:
        return []
    if piece.isdigit():
        return [piece]
    for word in _WORDS:
        if piece.startswith(word):
            rest = _split(piece[len(word) :])
            if rest is not None:
                return [word, *rest]
    return None


def _checked(
    table: Mapping[str, str | None], names: Sequence[str], bones: Skeleton, source: str | Path
) -> dict[str, str | None]:
    """Return the table, checked against the file and the skeleton."""
    for theirs, ours in table.items():
        if theirs not in names:
            raise UserError(f"{source}: pose.joints: {choices(theirs, names, 'joint of the file')}")
        if ours is not None and ours not in bones.joints:
            raise UserError(
                f"{source}: pose.joints: {theirs}: {choices(ours, bones.joints, f'{bones.name} joint')}"
            )
    used = [ours for ours in table.values() if ours is not None]
    doubled = sorted({ours for ours in used if used.count(ours) > 1})
    if doubled:
        raise UserError(
            f"{source}: pose.joints assigns {', '.join(doubled)} to several joints; keep one of each"
        )
    return dict(table)


def _unmatched(unknown: Sequence[str], without: Sequence[str], bones: Skeleton, source: str | Path) -> str:
    """Return the error message for unknown names, with the nearest unmatched joints."""
    folded = {joint.casefold(): joint for joint in without}
    hints = []
    for name in unknown[:8]:
        near = difflib.get_close_matches(name.casefold(), folded, n=2, cutoff=0.4)
        hints.append(f"{name} ({' or '.join(folded[n] for n in near)}?)" if near else name)
    more = f" and {len(unknown) - 8} more" if len(unknown) > 8 else ""
    return (
        f"{source}: joint names unknown for {bones.name}: {', '.join(hints)}{more}; joints without a match "
        f"in the file: {', '.join(without)}. Map names in pose.joints: {{theirs: ours}}; "
        f"{{{unknown[0]}: null}} leaves one out"
    )
