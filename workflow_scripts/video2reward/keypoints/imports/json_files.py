"""JSON files of keypoints: COCO and AlphaPose (coco.py), OpenPose (openpose.py), MMPose.

MMPose: a list of {frame_id, instances}, from the demo script inside {meta_info, instance_info}, or a list of one
picture's instances (mmpose/apis/inferencers/base_mmpose_inferencer.py, structures/utils.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.keypoints.imports.detections import recorded
from video2reward.keypoints.imports.individuals import Detection
from video2reward.keypoints.imports.numbering import Numbering, numbers_of
from video2reward.keypoints.imports.recording import ClipFacts, Recording, joined, json_of
from video2reward.settings.video import Pose

_KNOWN = (
    "expected is COCO (images and annotations, or a list of results), AlphaPose, OpenPose (people) or MMPose "
    "(frame_id and instances)"
)


def read_json_file(path: Path, pose: Pose, clip: ClipFacts) -> Recording:
    """Read any of these formats, recognised by its keys.

    Without joint names in the file, the joints are those of `pose.skeleton` in its order.

    Raises:
        UserError: another format, or keypoints that do not match their names
    """
    from video2reward.keypoints.imports.coco import read_coco, read_results
    from video2reward.keypoints.imports.openpose import is_people, read_people

    content = json_of(path)
    if isinstance(content, Mapping) and "instance_info" in content:
        return _mmpose(content["instance_info"], content.get("meta_info") or {}, 1, pose, path)
    if isinstance(content, Mapping) and "annotations" in content:
        return read_coco(content, pose, path, clip)
    if isinstance(content, Mapping) and content and all(is_people(value) for value in content.values()):
        return read_people(content, pose, path, clip)
    entries = content if isinstance(content, list) else []
    first = entries[0] if entries and isinstance(entries[0], Mapping) else {}
    if "instances" in first:
        return _mmpose(entries, {}, 0, pose, path)
    if "image_id" in first and "keypoints" in first:
        return read_results(entries, pose, path, clip)
    if "keypoint_scores" in first:
        raise UserError(
            f"{path} holds one picture's people; run MMPose's inferencer on the video, not on its pictures"
        )
    if isinstance(content, Mapping) and is_people(content):
        raise UserError(
            f"{path} holds one picture's people; give the folder of all OpenPose files as pose.keypoints"
        )
    raise UserError(f"{path} holds no keypoints; {_KNOWN}")


def _mmpose(entries: Any, meta: Mapping[str, Any], base: int, pose: Pose, path: Path) -> Recording:
    """Read MMPose: the demo script counts frames from 1, the inferencer from 0; both list every frame."""
    names = _names_of(meta.get("keypoint_id2name"))
    numbers = numbers_of([entry["frame_id"] for entry in entries], path)
    if len(numbers) < len(entries):
        raise UserError(f"{path} has a frame_id twice; give the results of one video in one file")
    if not numbers:
        raise UserError(f"{path} holds no frames; run your pose estimation again")
    first, last = min(numbers.values()), max(numbers.values())
    found: list[Detection] = []
    for entry in entries:
        for instance in entry["instances"]:
            xy = np.asarray(instance["keypoints"], float)
            scores = instance.get("keypoint_scores")
            sure = None if scores is None else np.asarray(scores, float)
            xy = xy.reshape(len(xy) if sure is None else len(sure), -1)
            found.append(Detection(numbers[entry["frame_id"]], joined(xy[:, :2], sure)))
    return recorded(found, (first, last), names, pose, path, Numbering(first, base, listed=True))


def _names_of(table: Any) -> tuple[str, ...]:
    """Return the names in MMPose's keypoint_id2name, ordered by id."""
    if not isinstance(table, Mapping):
        return ()
    return tuple(str(table[key]) for key in sorted(table, key=int))
