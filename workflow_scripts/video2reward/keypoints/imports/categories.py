"""Choosing the subject's category in a COCO file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from video2reward.errors import UserError
from video2reward.keypoints.imports.joint_names import meaning
from video2reward.keypoints.imports.recording import ClipFacts
from video2reward.settings.video import Pose
from video2reward.skeletons import Skeleton, skeleton

_PEOPLE = {"person", "human", "people", "pedestrian", "man", "woman"}


@dataclass(frozen=True)
class Category:
    """A category: joint names (J,) or empty, `count` of detections, `size`: joints per detection."""

    id: Any
    name: str
    joints: tuple[str, ...]
    count: int
    size: int


def chosen_category(found: Sequence[Category], pose: Pose, path: Path, clip: ClipFacts) -> Category:
    """Return the subject's category: `pose.category`, else the only one, else the one that matches species or skeleton.

    Raises:
        UserError: the file is empty, `pose.category` is not in it, or several categories match
    """
    if not found:
        raise UserError(f"{path} holds no subject in any frame; run your pose estimation again")
    said = "; ".join(
        f"{c.name or 'none'} ({c.count} detections of {len(c.joints) or c.size} joints)" for c in found
    )
    if pose.category is not None:
        wanted = [c for c in found if pose.category.casefold() in (c.name.casefold(), str(c.id).casefold())]
        if len(wanted) != 1:
            raise UserError(f"{path}: pose.category is {pose.category!r}; the file has {said}")
        return wanted[0]
    if len(found) == 1:
        return found[0]
    bones = skeleton(pose.skeleton)
    fitting = [c for c in found if _fits(c, bones, pose)]
    named = [c for c in fitting if _is(c.name, clip.species)]
    if len(named or fitting) != 1:
        raise UserError(f"{path} holds several categories: {said}; set pose.category to the subject's")
    best = (named or fitting)[0]
    print(f"{path.name}: category {best.name} taken of {said}", file=sys.stderr)
    return best


def _fits(category: Category, bones: Skeleton, pose: Pose) -> bool:
    """Return whether the joints match: at least half by name and none unknown or, unnamed, the skeleton's count."""
    if not category.joints:
        return category.size == len(bones.joints)
    meant = {name: pose.joints.get(name) or (meaning(name, bones) or (None,))[0] for name in category.joints}
    known = set(meant.values()) - {"", None}
    unknown = [name for name, joint in meant.items() if joint is None and name not in pose.joints]
    return len(known) == len(bones.joints) or (not unknown and 2 * len(known) >= len(bones.joints))


def _is(name: str, species: str) -> bool:
    """Return whether a category's name means the species."""
    name, species = name.strip().casefold(), species.strip().casefold()
    return name == species or (name in _PEOPLE and species in _PEOPLE)
