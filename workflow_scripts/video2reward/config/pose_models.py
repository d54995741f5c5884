"""The pose models that a video's settings choose, checked before anything runs, and what a job reads of them."""

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
LATER = (
    "first_frame",
    "category",
)  # left out when unset, so that results made before these keys existed stay valid
READ_BY: dict[Key, tuple[str, ...]] = {
    "model": ("onnx", "mmpose"),
    "detector": ("onnx",),
    "config": ("mmpose",),
}


def resolve(pose: Pose, base: Path, source: str | Path) -> Pose:
    """Return `pose` with its models checked: names known, paths absolute (given relative to `base`).

    Raises:
        UserError: unknown name, missing file, wrong skeleton, or a backend that reads no model
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
                        f"{source}: pose.{key_of(task)}: {value} is for pose.backend: {backend}, but the backend is "
                        f"{pose.backend}, which reads {SUFFIXES[pose.backend]} files"
                    )
        elif known_model(value, task, pose.backend).skeleton not in ("", pose.skeleton):
            raise UserError(
                f"{source}: pose.{key_of(task)} {value} is for {known_model(value, task).skeleton}, but pose.skeleton is "
                f"{pose.skeleton}; correct one of them"
            )
    config = pose.config
    if config is not None:
        if not is_file(model_of(pose)):
            raise UserError(
                f"{source}: pose.config is for your own checkpoints, and pose.model {model_of(pose)} has its own; "
                "remove pose.config, or give a .pth file as pose.model"
            )
        # A name without a file beside the YAML refers to mmpose's wheel, which is not installed here.
        is_path = os.sep in config or (base / config).exists()
        config = (
            str(located(config, base, f"{source}: pose.config")) if is_path else config.removesuffix(".py")
        )
    return pose.model_copy(update={"model": chosen["pose"], "detector": chosen["detector"], "config": config})


def model_of(pose: Pose) -> str:
    """Return the chosen pose model, by default the skeleton's."""
    defaults = DEFAULTS[pose.backend]
    if pose.model is None and pose.skeleton not in defaults:
        raise UserError(
            f"pose.backend: {pose.backend} {choices(pose.skeleton, defaults, 'skeleton')} For other animals: pose.backend: "
            "markers (coloured markers on the joints), import (keypoints of another tool), or a pose.model of your own"
        )
    return pose.model or defaults[pose.skeleton]


def config_of(pose: Pose) -> str:
    """Return mmpose's configuration, a name or a .py file: the chosen one, else the known model's.

    A user's own checkpoint without one gets that of the skeleton's default model.
    """
    if pose.config is not None:
        return pose.config
    chosen = model_of(pose)
    model = known_model(DEFAULTS["mmpose"][pose.skeleton] if is_file(chosen) else chosen, "pose", "mmpose")
    assert model.checkpoint is not None
    return model.checkpoint.config


def pose_settings(pose: Pose) -> dict[str, Any]:
    """Return the settings that keypoint estimation reads, as plain values: `pose` and, for known models, `models`.

    Known models are given by digest, so that downloading their file changes nothing. The user's own files are left out:
    they are input files of the job.
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
    """Return the file to watch for changes: the user's own, or that of a known model without a published digest."""
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
    """Return the properties of a known model that affect the result."""
    if backend == "mmpose" and model.checkpoint is not None:
        return model.checkpoint.model_dump(mode="json", include={"config", "sha256"})
    return model.model_dump(mode="json", exclude={"addresses", "checkpoint", "licence", "task", "file"})
