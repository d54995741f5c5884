"""COCO keypoints: data sets (images, annotations, categories) or lists of results, including AlphaPose's.

Formats: cocodataset.org/#format-data and #format-results. AlphaPose writes results with a picture's name as image_id;
for a video that is the frame number from 0 and ".jpg" (alphapose/utils/writer.py, pPose_nms.py).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.keypoints.imports.categories import Category, chosen_category
from video2reward.keypoints.imports.detections import recorded
from video2reward.keypoints.imports.individuals import Detection
from video2reward.keypoints.imports.numbering import Numbering, is_name, numbers_of, picture, text
from video2reward.keypoints.imports.recording import ClipFacts, Recording, joined
from video2reward.settings.video import Pose

_ALPHAPOSE = ("box", "idx")  # besides COCO's keys
_FRAME_KEYS = ("frame_id", "frame_index", "frame_number", "frame")


def read_coco(content: Mapping[str, Any], pose: Pose, path: Path, clip: ClipFacts) -> Recording:
    """Read a data set; frame numbers come from the pictures' names, else from frame_id, else from the image ids."""
    images = [_plain(image) for image in content.get("images") or ()]
    annotations = [_plain(a) for a in content["annotations"] if a.get("keypoints")]
    kinds = {c.get("id"): c for c in map(_plain, content.get("categories") or ())}
    category = chosen_category(_categories(annotations, kinds, path), pose, path, clip)
    annotations = [a for a in annotations if a.get("category_id") == category.id]
    if images:
        frames, pictures = _frames_of(images, path, clip.film)
        listed = [frames[image["id"]] for image in images if image["id"] in frames]
        known = {image["id"] for image in images}
        annotations = [a for a in annotations if a["image_id"] not in known or a["image_id"] in frames]
    else:
        frames, pictures = numbers_of([a["image_id"] for a in annotations], path, clip.film), {}
        listed = list(frames.values())
    if not listed:
        raise UserError(f"{path} holds no subject in any frame; run your pose estimation again")
    found = [
        Detection(frames[a["image_id"]], joints, _who(a))
        for a, joints in zip(annotations, _joints(annotations, path), strict=True)
    ]
    span = min(listed), max(listed)
    numbering = Numbering(span[0], None, bool(images), pictures)
    return recorded(found, span, category.joints, pose, path, numbering, _size(images))


def read_results(entries: Sequence[Mapping[str, Any]], pose: Pose, path: Path, clip: ClipFacts) -> Recording:
    """Read a list of results, which omits pictures without detections."""
    entries = [_plain(entry) for entry in entries if entry.get("keypoints")]
    category = chosen_category(_categories(entries, {}, path), pose, path, clip)
    entries = [entry for entry in entries if entry.get("category_id") == category.id]
    frames = numbers_of([entry["image_id"] for entry in entries], path, clip.film)
    entries = [entry for entry in entries if entry["image_id"] in frames]
    ids = [text(entry["image_id"]) for entry in entries]
    from_film = all(any(key in entry for key in _ALPHAPOSE) for entry in entries) and all(
        re.fullmatch(r"(0|[1-9]\d*)\.jpg", one) for one in ids
    )
    tracks = _tracks(entries, frames)
    found = [
        Detection(frames[entry["image_id"]], joints, who)
        for entry, joints, who in zip(entries, _joints(entries, path), tracks, strict=True)
    ]
    span = min(frames.values()), max(frames.values())
    pictures = {picture(text(one)): number for one, number in frames.items() if is_name(one)}
    return recorded(
        found, span, (), pose, path, Numbering(span[0], 0 if from_film else None, pictures=pictures)
    )


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry with its ids converted to int where possible: some tables write "7" or 7.0 for 7."""
    ids = {key: entry[key] for key in ("id", "image_id", "category_id") if key in entry}
    return {**entry, **{key: int(value) if _whole(value) else value for key, value in ids.items()}}


def _categories(
    annotations: Iterable[Mapping[str, Any]], kinds: Mapping[Any, Mapping[str, Any]], path: Path
) -> list[Category]:
    """Return the categories that have keypoints in the file, with counts of detections and joints."""
    found: dict[Any, list[int]] = {}
    for a in annotations:
        found.setdefault(a.get("category_id"), []).append(len(_triples(a["keypoints"], path)))
    return [
        Category(
            id=one,
            name=str(kinds.get(one, {}).get("name") or ("" if one is None else one)),
            joints=tuple(map(str, kinds.get(one, {}).get("keypoints") or ())),
            count=len(sizes),
            size=max(sizes),
        )
        for one, sizes in found.items()
    ]


def _frames_of(
    images: Sequence[Mapping[str, Any]], path: Path, film: str
) -> tuple[dict[Any, int], dict[str, int]]:
    """Return image id -> frame number, and picture name -> frame number if the names contain it."""
    names = [str(image.get("file_name") or "") for image in images]
    key = next((k for k in _FRAME_KEYS if all(_whole(image.get(k)) for image in images)), None)
    if all(is_name(name) and re.search(r"\d", name) for name in names):
        try:
            numbers: Mapping[Hashable, int] = numbers_of(names, path, film)
        except UserError:
            if key is None:
                raise
        else:
            pairs = [
                (image["id"], numbers[name])
                for image, name in zip(images, names, strict=True)
                if name in numbers
            ]
            return _once(pairs, path), {picture(str(name)): number for name, number in numbers.items()}
    if key is not None:
        return _once([(image["id"], int(image[key])) for image in images], path), {}
    if any(names):
        bare = next((name for name in names if not re.search(r"\d", name)), names[0])
        raise UserError(
            f"{path}: the picture name {bare!r} has no frame number; name pictures by frame number, or give images a frame_id"
        )
    numbers = numbers_of([image["id"] for image in images], path)
    return {image["id"]: numbers[image["id"]] for image in images}, {}


def _once(pairs: Sequence[tuple[Any, int]], path: Path) -> dict[Any, int]:
    ids, numbers = [one for one, _ in pairs], [number for _, number in pairs]
    for said, kind in ((ids, "id"), (numbers, "frame")):
        if len(set(said)) < len(said):
            twice = next(one for one in said if said.count(one) > 1)
            raise UserError(f"{path}: two images are {kind} {twice}; list each picture of one video once")
    return dict(pairs)


def _whole(value: Any) -> bool:
    if isinstance(value, str):
        return value.isdecimal() and value.isascii()
    return isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()


def _joints(annotations: Sequence[Mapping[str, Any]], path: Path) -> list[np.ndarray]:
    """Return each annotation's joints (J, 3), with the third column as confidence.

    That column is a score or COCO's v: 0 not labelled, 1 labelled but hidden (the labeller's guess), 2 visible.
    """
    triples = [_triples(a["keypoints"], path) for a in annotations]
    third = {float(v) for values in triples for v in np.unique(values[:, 2][np.isfinite(values[:, 2])])}
    most = 2.0 if third <= {0.0, 1.0, 2.0} and 2.0 in third else 1.0
    return [joined(values[:, :2], values[:, 2] / most) for values in triples]


def _triples(values: Any, path: Path) -> np.ndarray:
    flat = np.asarray(values, float).ravel()
    if flat.size % 3:
        raise UserError(
            f"{path}: keypoints have {flat.size} numbers; COCO has x, y, visibility for every joint"
        )
    return flat.reshape(-1, 3)


def _who(a: Mapping[str, Any]) -> Hashable:
    """Return an annotation's track id, None without one."""
    for said in (a.get("track_id"), (a.get("attributes") or {}).get("track_id"), a.get("instance_id")):
        if said not in (None, ""):
            return tuple(said) if isinstance(said, list) else said
    return None


def _tracks(entries: Sequence[Mapping[str, Any]], frames: Mapping[Any, int]) -> list[Hashable]:
    """Return each entry's track id; AlphaPose's idx is 0 for everybody if tracking was off."""
    said = [_who(entry) for entry in entries]
    idx = [entry.get("idx") for entry in entries]
    if any(one is not None for one in said) or any(one in (None, "", []) for one in idx):
        return said
    plain = [float(np.ravel(np.asarray(one, float))[0]) for one in idx]
    places = {(frames[entry["image_id"]], one) for entry, one in zip(entries, plain, strict=True)}
    return [one for one in plain] if len(set(plain)) > 1 and len(places) == len(entries) else said


def _size(images: Sequence[Mapping[str, Any]]) -> tuple[int, int] | None:
    sizes = {(image.get("width"), image.get("height")) for image in images}
    only = next(iter(sizes)) if len(sizes) == 1 else (None, None)
    return (int(only[0]), int(only[1])) if only[0] and only[1] else None
