"""Which models a video's settings choose: checked before anything runs, and what a job reads of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from video2reward.config.model_files import (
    SUFFIXES,
    Model,
    Task,
    folder,
    is_file,
    key_of,
    known_model,
    known_models,
)
from video2reward.errors import UserError, choices
from video2reward.settings.paths import located
from video2reward.settings.video import Pose

Key = Literal["model", "detector", "config"]
DEFAULTS = {
    "onnx": {"ap10k": "rtmpose-m-ap10k", "coco17": "rtmpose-m-coco17"},
    "mmpose": {"ap10k": "hrnet-w32-ap10k", "coco17": "rtmpose-m-coco17"},  # Video2Reward's
}
LATER = ("first_frame", "category")  # what does without these keys is not run again for their sake
READ_BY: dict[Key, tuple[str, ...]] = {
    "model": ("onnx", "mmpose"),
    "detector": ("onnx",),
    "config": ("mmpose",),
}


def resolve(pose: Pose, base: Path, source: str | Path) -> Pose:
    """Return `pose` with its models checked: names known, paths absolute (given relative to `base`).

    Raises:
        UserError: an unknown name, a missing file, a model of another skeleton, or a backend that reads none
    """
    for key, backends in READ_BY.items():
        if getattr(pose, key) is not None and pose.backend not in backends:
            raise UserError(
                f"{source}: pose.{key} belongs to pose.backend: {' or '.join(backends)}, not {pose.backend!r}"
            )
    if pose.backend not in DEFAULTS:
        return pose
    chosen: dict[Task, str | None] = {"pose": model_of(pose), "detector": pose.detector}
    for task, value in chosen.items():
        if value is None:
            continue
        if is_file(value):
            chosen[task] = str(located(value, base, f"{source}: pose.{key_of(task)}"))
            for backend, suffix in SUFFIXES.items():
                if value.endswith(suffix) and backend != pose.backend:
                    raise UserError(
                        f"{source}: pose.{key_of(task)}: {value} is for pose.backend: {backend}, here it is "
                        f"{pose.backend}, which reads {SUFFIXES[pose.backend]} files"
                    )
        elif known_model(value, task, pose.backend).skeleton not in ("", pose.skeleton):
            raise UserError(
                f"{source}: pose.{key_of(task)} {value} is for {known_model(value, task).skeleton}, pose.skeleton is "
                f"{pose.skeleton}; correct one of them"
            )
    config = pose.config
    if config is not None:
        if not is_file(model_of(pose)):
            raise UserError(
                f"{source}: pose.config belongs to a checkpoint of your own, pose.model {model_of(pose)} has one; "
                "leave it out, or give a .pth file as pose.model"
            )
        # A name that is no file beside the YAML is one of those in mmpose's wheel, which is not at hand here.
        is_path = os.sep in config or (base / config).exists()
        config = (
            str(located(config, base, f"{source}: pose.config")) if is_path else config.removesuffix(".py")
        )
    return pose.model_copy(update={"model": chosen["pose"], "detector": chosen["detector"], "config": config})


def model_of(pose: Pose) -> str:
    """Return the pose model that is chosen, by default the skeleton's."""
    defaults = DEFAULTS[pose.backend]
    if pose.model is None and pose.skeleton not in defaults:
        raise UserError(choices(pose.skeleton, defaults, "skeleton"))
    return pose.model or defaults[pose.skeleton]


def config_of(pose: Pose) -> str:
    """Return mmpose's configuration, a name or a .py file: the chosen one, else the known model's.

    For a checkpoint of the user's own without one it is that of the skeleton's default model.
    """
    if pose.config is not None:
        return pose.config
    chosen = model_of(pose)
    model = known_model(DEFAULTS["mmpose"][pose.skeleton] if is_file(chosen) else chosen, "pose", "mmpose")
    assert model.checkpoint is not None
    return model.checkpoint.config


def pose_settings(pose: Pose) -> dict[str, Any]:
    """Return what finding keypoints reads of `pose`, as plain values: `pose` and, of known models, `models`.

    A known model stands here with its digest, so that nothing changes when its file is downloaded. Files of
    the user's own are not here: they are the job's input files.
    """
    read = pose.model_dump(mode="json", exclude={"min_confidence", "keypoints", *READ_BY})
    read = {key: value for key, value in read.items() if key not in LATER or value is not None}
    if pose.backend not in DEFAULTS:
        return {"pose": read}
    chosen: dict[str, str | None] = {"model": model_of(pose), "detector": pose.detector}
    kept = {key: value for key, value in chosen.items() if value is not None and not is_file(value)}
    models = {name: _read_of(known_models()[name], pose.backend) for name in kept.values()}
    if pose.config is not None and own_file(pose, "config") is None:
        kept["config"] = pose.config
    return {"pose": read | kept, "models": models}


def own_file(pose: Pose, key: Key) -> Path | None:
    """Return the file to watch for changes: the user's own, or a known model's without a published digest."""
    chosen = getattr(pose, key)
    if chosen is None:
        return None
    if is_file(chosen) or chosen.endswith(".py"):
        return Path(chosen)
    if key == "config" or pose.backend != "onnx":
        return None
    model = known_models()[chosen]
    path = folder() / model.file
    return path if not model.sha256 and path.exists() else None


def _read_of(model: Model, backend: str) -> dict[str, Any]:
    """Return what of a known model makes a difference to the result."""
    if backend == "mmpose" and model.checkpoint is not None:
        return model.checkpoint.model_dump(mode="json", include={"config", "sha256"})
    return model.model_dump(mode="json", exclude={"addresses", "checkpoint", "licence", "task", "file"})
