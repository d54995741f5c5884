"""OpenPose keypoints: a folder with one file per frame, {"people": [{"pose_keypoints_2d": [x, y, confidence, ...]}]}.

The number in a file's name is the frame number; for a video it has 12 digits and counts from 0
(OpenPose, doc/02_output.md). AlphaPose's formats open and cmu hold the same in one file, keyed by picture name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.keypoints.imports.detections import recorded
from video2reward.keypoints.imports.individuals import Detection
from video2reward.keypoints.imports.numbering import Numbering, numbers_of, picture
from video2reward.keypoints.imports.recording import ClipFacts, Recording, joined, json_of
from video2reward.settings.video import Pose

_COCO18 = (
    "Nose", "Neck", "RShoulder", "RElbow", "RWrist", "LShoulder", "LElbow", "LWrist", "RHip", "RKnee", "RAnkle", "LHip",
    "LKnee", "LAnkle", "REye", "LEye", "REar", "LEar",
)  # fmt: skip
_BODY25 = (
    *_COCO18[:8], "MidHip", *_COCO18[8:], "LBigToe", "LSmallToe", "LHeel", "RBigToe", "RSmallToe", "RHeel",
)  # fmt: skip
_LAYOUTS = {18: _COCO18, 25: _BODY25}
_BODIES, _POINTS = ("people", "bodies"), ("pose_keypoints_2d", "joints")


def read_folder(path: Path, pose: Pose, clip: ClipFacts) -> Recording:
    """Read a folder of files; one without people is a frame without a subject."""
    files = [
        p
        for p in path.iterdir()
        if p.suffix.lower() == ".json" and p.is_file() and not p.name.startswith(".")
    ]
    if not files:
        raise UserError(
            f"{path} is a folder without .json files; give OpenPose's folder with one file per frame, or a single file"
        )
    pictures: dict[str, Any] = {}
    for file in sorted(files):
        pictures[file.name] = content = json_of(file)
        if not is_people(content):
            raise UserError(f"{file} has no list 'people'; keep only OpenPose's files in that folder")
    return read_people(pictures, pose, path, clip)


def is_people(content: Any) -> bool:
    """Return whether this is the people of one picture."""
    return isinstance(content, Mapping) and any(isinstance(content.get(key), list) for key in _BODIES)


def read_people(pictures: Mapping[str, Any], pose: Pose, path: Path, clip: ClipFacts) -> Recording:
    """Read people keyed by the name of their picture or file."""
    numbers = numbers_of(pictures, path, clip.film)
    found, joints = [], set()
    for name, number in numbers.items():
        content = pictures[str(name)]
        for person in next(content[key] for key in _BODIES if key in content):
            flat = np.asarray(next(person[key] for key in _POINTS if key in person), float).ravel()
            if flat.size % 3:
                raise UserError(
                    f"{path}, {name}: keypoints have {flat.size} numbers; expected x, y, confidence per joint"
                )
            if flat.size:
                joints.add(flat.size // 3)
                found.append(Detection(number, joined(flat.reshape(-1, 3)[:, :2], flat[2::3]), _who(person)))
    from_film = all(re.search(r"(^|\D)\d{12}_keypoints\.json$|^(0|[1-9]\d*)\.jpg$", str(n)) for n in numbers)
    span = min(numbers.values()), max(numbers.values())
    names = {picture(str(name)).removesuffix("_keypoints"): number for name, number in numbers.items()}
    layout = _LAYOUTS.get(joints.pop(), ()) if len(joints) == 1 else ()
    numbering = Numbering(span[0], 0 if from_film else None, listed=path.is_dir(), pictures=names)
    return recorded(found, span, layout, pose, path, numbering)


def _who(person: Mapping[str, Any]) -> int | None:
    """Return OpenPose's person_id; -1 there means no tracking."""
    said = np.ravel(person.get("person_id", -1)).tolist()
    return int(said[0]) if said and said[0] is not None and said[0] >= 0 else None
