"""Which of a file's categories is the subject: the animal, or a person, that the clip is about."""

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
    """A category of a file: joints (J,) where they are named, how many detections it has, of how many joints."""

    id: Any
    name: str
    joints: tuple[str, ...]
    count: int
    size: int


def chosen_category(found: Sequence[Category], pose: Pose, path: Path, clip: ClipFacts) -> Category:
    """Return the category that is meant: `pose.category`, else the only one, else the one that is the clip's species or fits.

    Raises:
        UserError: nobody is there, `pose.category` is not, or several come into question
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
        raise UserError(
            f"{path} holds several categories: {said}; set pose.category: to the one that is meant"
        )
    best = (named or fitting)[0]
    print(f"{path.name}: category {best.name} taken of {said}", file=sys.stderr)
    return best


def _fits(category: Category, bones: Skeleton, pose: Pose) -> bool:
    """Return whether the joints are the skeleton's: half of it by name and none unknown, or its number without names."""
    if not category.joints:
        return category.size == len(bones.joints)
    meant = {name: pose.joints.get(name) or (meaning(name, bones) or (None,))[0] for name in category.joints}
    known = set(meant.values()) - {"", None}
    unknown = [name for name, joint in meant.items() if joint is None and name not in pose.joints]
    return len(known) == len(bones.joints) or (not unknown and 2 * len(known) >= len(bones.joints))


def _is(name: str, species: str) -> bool:
    """Return whether a category's name is the species."""
    name, species = name.strip().casefold(), species.strip().casefold()
    return name == species or (name in _PEOPLE and species in _PEOPLE)
