"""JSON files of keypoints: COCO (annotations or results) and MMPose (inferencer or demo script).

COCO: an object with images, annotations and categories (cocodataset.org/#format-data), or a bare list of results
(#format-results). MMPose: a list of {frame_id, instances}, the demo script's inside {meta_info, instance_info},
or a list of one picture's instances (mmpose/apis/inferencers/base_mmpose_inferencer.py, structures/utils.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.keypoints.formats import Recording, joined
from video2reward.keypoints.individuals import Detection, linked
from video2reward.settings import Pose
from video2reward.skeletons import skeleton

_KNOWN = "expected is COCO (images and annotations, or a list of results) or MMPose (frame_id and instances)"


def read_json_file(path: Path, pose: Pose) -> Recording:
    """Read any of these; which one is told by its keys.

    Joint names come from the file where it has them, else the joints are those of `pose.skeleton` in its order.

    Raises:
        UserError: none of these, or keypoints that do not fit their names
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise UserError(
            f"{path} is not JSON, or cut off ({error.msg}, line {error.lineno}); save it again"
        ) from None
    if isinstance(content, Mapping) and "instance_info" in content:
        return _mmpose(content["instance_info"], content.get("meta_info", {}), pose, path)
    if isinstance(content, Mapping) and "annotations" in content:
        return _coco(content, pose, path)
    entries = content if isinstance(content, list) else []
    first = entries[0] if entries and isinstance(entries[0], Mapping) else {}
    if "instances" in first:
        return _mmpose(entries, {}, pose, path)
    if "image_id" in first and "keypoints" in first:
        return _results(entries, pose, path)
    if "keypoint_scores" in first:
        raise UserError(
            f"{path} holds one picture's people; run MMPose's inferencer on the video instead of on its pictures"
        )
    raise UserError(f"{path} holds no keypoints; {_KNOWN}")


def _mmpose(entries: Any, meta: Mapping[str, Any], pose: Pose, path: Path) -> Recording:
    names = _names_of(meta.get("keypoint_id2name"))
    found: list[Detection] = []
    numbers = [int(entry["frame_id"]) for entry in entries]
    # The demo script counts frames from 1, the inferencer from 0; both list every frame.
    first = min(numbers, default=0)
    for number, entry in zip(numbers, entries, strict=True):
        for instance in entry["instances"]:
            xy = np.asarray(instance["keypoints"], float).reshape(len(instance["keypoint_scores"]), -1)
            found.append(Detection(number - first, joined(xy[:, :2], np.array(instance["keypoint_scores"]))))
    return _recording(found, max(numbers, default=0) - first + 1, names, pose, path)


def _coco(content: Mapping[str, Any], pose: Pose, path: Path) -> Recording:
    frames, size = _frames_of(content.get("images", ()))
    annotations = [a for a in content["annotations"] if a.get("keypoints")]
    frames = frames or _consecutive(a["image_id"] for a in annotations)
    kinds = {c.get("id"): c for c in content.get("categories", ()) if c.get("keypoints")}
    kind = kinds.get(annotations[0].get("category_id"), next(iter(kinds.values()), {})) if annotations else {}
    triples = [_triples(a["keypoints"], path) for a in annotations]
    # v: 0 not labelled, 1 labelled though hidden (the labeller's guess), 2 visible. Some write 1 or a score.
    most = 2.0 if any((values[:, 2] > 1).any() for values in triples) else 1.0
    found = []
    for a, values in zip(annotations, triples, strict=True):
        who = a.get("track_id", (a.get("attributes") or {}).get("track_id"))
        found.append(Detection(frames[a["image_id"]], joined(values[:, :2], values[:, 2] / most), who))
    return _recording(
        found, max(frames.values(), default=-1) + 1, tuple(kind.get("keypoints", ())), pose, path, size
    )


def _results(entries: Sequence[Mapping[str, Any]], pose: Pose, path: Path) -> Recording:
    frames = _consecutive(entry["image_id"] for entry in entries)
    found = []
    for entry in entries:
        values = _triples(entry["keypoints"], path)
        found.append(
            Detection(frames[entry["image_id"]], joined(values[:, :2], values[:, 2]), entry.get("track_id"))
        )
    return _recording(found, max(frames.values()) + 1, (), pose, path)


def _frames_of(images: Iterable[Mapping[str, Any]]) -> tuple[dict[Any, int], tuple[int, int] | None]:
    """Return image id -> frame, by the numbers in the file names where they have them, and the pictures' size."""
    listed = list(images)
    names = [str(image.get("file_name", "")) for image in listed]
    digits = [re.findall(r"\d+", Path(name).stem) for name in names]
    numbers = [int(d[-1]) for d in digits if d]
    if len(set(numbers)) == len(listed) and listed:
        first = min(numbers)
        frames = {image["id"]: number - first for image, number in zip(listed, numbers, strict=True)}
    else:
        frames = _consecutive(image["id"] for image in listed)
    sizes = {(image.get("width"), image.get("height")) for image in listed}
    only = next(iter(sizes)) if len(sizes) == 1 else (None, None)
    return frames, (int(only[0]), int(only[1])) if only[0] and only[1] else None


def _consecutive(ids: Iterable[Any]) -> dict[Any, int]:
    """Return id -> frame: whole numbers count from the lowest, anything else in the order of its sorting."""
    unique = sorted(set(ids), key=lambda i: (0, i, "") if isinstance(i, int) else (1, 0, str(i)))
    if unique and all(isinstance(i, int) for i in unique) and unique[-1] - unique[0] < 4 * len(unique):
        return {i: i - unique[0] for i in unique}
    return {i: n for n, i in enumerate(unique)}


def _triples(values: Any, path: Path) -> np.ndarray:
    flat = np.asarray(values, float).ravel()
    if flat.size % 3:
        raise UserError(
            f"{path}: keypoints of {flat.size} numbers; COCO's are x, y, visibility for every joint"
        )
    return flat.reshape(-1, 3)


def _names_of(table: Any) -> tuple[str, ...]:
    """Return the names of MMPose's keypoint_id2name, in the order of their numbers."""
    if not isinstance(table, Mapping):
        return ()
    return tuple(str(table[key]) for key in sorted(table, key=int))


def _recording(
    found: list[Detection],
    length: int,
    names: tuple[str, ...],
    pose: Pose,
    path: Path,
    size: tuple[int, int] | None = None,
) -> Recording:
    if not found:
        raise UserError(f"{path} holds no subject in any frame; run your pose estimation again")
    joints = names or skeleton(pose.skeleton).joints
    counts = sorted({len(d.joints) for d in found})
    if counts != [len(joints)]:
        raise UserError(
            f"{path}: {counts[-1]} keypoints a subject, but {len(joints)} joints "
            + ("are named in it" if names else f"in pose.skeleton {pose.skeleton}, and the file names none")
        )
    keypoints, who = linked(found, length)
    return Recording(keypoints, joints, who, size=size)
