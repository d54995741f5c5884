"""Models that find subjects and joints: the list of known ones, where their files lie, what a job reads of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from video2reward.artifacts.io import digest
from video2reward.download import fetch
from video2reward.errors import UserError, choices
from video2reward.settings import Pose, Settings
from video2reward.validation import read_yaml, validate

LIST = Path(__file__).resolve().parents[2] / "resources" / "models.yaml"
FOLDER = "V2R_MODELS"  # environment variable: the folder that downloaded models are kept in
DEFAULTS = {"ap10k": "rtmpose-m-ap10k", "coco17": "rtmpose-m-coco17"}
PAGE = "docs/pose-models.md"
Task = Literal["pose", "detector"]

# Of ImageNet, red green blue, 0..255: what OpenMMLab's models and most others are trained with.
MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


class Model(Settings):
    """An entry of resources/models.yaml; its comments say what the keys mean."""

    task: Task
    skeleton: str = ""
    decoding: Literal["simcc", "heatmap", "boxes", "grid"]
    size: tuple[int, int]
    colours: Literal["rgb", "bgr"] = "rgb"
    mean: tuple[float, float, float] = MEAN
    std: tuple[float, float, float] = STD
    file: str = Field(description="name in the folder of models")
    addresses: tuple[str, ...] = Field((), description="tried in turn; .onnx, or .zip that holds one .onnx")
    sha256: str = Field("", description="of the ONNX file")
    checkpoint: str = Field("", description="where the weights are published, if not as ONNX")
    licence: str


@dataclass(frozen=True)
class Weights:
    """A model's file at hand; `model` is its entry in the list, None for a file of the user's own."""

    path: Path
    digest: str
    model: Model | None


@cache
def known_models(path: Path = LIST) -> dict[str, Model]:
    """Return the models known by name."""
    return {name: validate(Model, entry, f"{path}, {name}") for name, entry in read_yaml(path).items()}


def folder() -> Path:
    """Return where downloaded models are kept: $V2R_MODELS, or ~/.cache/video2reward/models."""
    own = os.environ.get(FOLDER)
    return Path(own).expanduser() if own else Path.home() / ".cache" / "video2reward" / "models"


def is_file(chosen: str) -> bool:
    """Return whether a `pose.model` or `pose.detector` is a path rather than a name."""
    return chosen.endswith(".onnx") or os.sep in chosen


def named(chosen: str, task: Task) -> Model:
    """Return a known model; an unknown name, or one for another task, is a `UserError`."""
    fitting = {name: model for name, model in known_models().items() if model.task == task}
    if chosen not in fitting:
        kind = "pose model" if task == "pose" else "detector"
        raise UserError(f"{choices(chosen, fitting, kind)} A model of your own: the path of its .onnx file.")
    return fitting[chosen]


def weights(chosen: str, task: Task) -> Weights:
    """Return a model's file, given its name or path; a known one that is missing is downloaded.

    Raises:
        UserError: unknown, no such file, not to be had, or not what its digest says
    """
    if is_file(chosen):
        path = Path(chosen)
        if not path.exists():
            raise UserError(f"{path} does not exist; correct pose.{_key(task)} in the video's YAML")
        return Weights(path, digest(path), None)
    model = named(chosen, task)
    path = folder() / model.file
    if not path.exists():
        if not model.addresses:
            raise UserError(
                f"{chosen} is published as a checkpoint only ({model.checkpoint}): export it to ONNX as "
                f"{PAGE} says, and put it at {path}"
            )
        fetch(chosen, model.addresses, path, model.sha256)
    found = digest(path)
    if model.sha256 and found != model.sha256:
        raise UserError(
            f"{path} is damaged or another file: its SHA-256 is {found[:16]}..., {chosen}'s is "
            f"{model.sha256[:16]}...; delete it, and the same command downloads it again"
        )
    return Weights(path, found, model)


def resolve(pose: Pose, base: Path, source: str | Path) -> Pose:
    """Return `pose` with its models checked: names known, paths absolute (given relative to `base`).

    Raises:
        UserError: an unknown name, a missing file, a model of another skeleton, or a backend that reads none
    """
    if pose.backend != "onnx":
        if pose.model is not None or pose.detector is not None:
            raise UserError(
                f"{source}: pose.model and pose.detector belong to pose.backend: onnx, not {pose.backend!r}"
            )
        return pose
    chosen: dict[Task, str | None] = {"pose": model_of(pose), "detector": pose.detector}
    for task, value in chosen.items():
        if value is None:
            continue
        if is_file(value):
            path = base / Path(value).expanduser()
            if not path.exists():
                raise UserError(f"{source}: pose.{_key(task)}: {path} does not exist")
            chosen[task] = str(path)
        elif named(value, task).skeleton not in ("", pose.skeleton):
            raise UserError(
                f"{source}: pose.{_key(task)} {value} is for {named(value, task).skeleton}, pose.skeleton is "
                f"{pose.skeleton}; correct one of them"
            )
    return pose.model_copy(update={"model": chosen["pose"], "detector": chosen["detector"]})


def model_of(pose: Pose) -> str:
    """Return the pose model that is chosen, by default the skeleton's."""
    if pose.model is None and pose.skeleton not in DEFAULTS:
        raise UserError(choices(pose.skeleton, DEFAULTS, "skeleton"))
    return pose.model or DEFAULTS[pose.skeleton]


def pose_settings(pose: Pose) -> dict[str, Any]:
    """Return what finding keypoints reads of `pose`, as plain values: `pose` and, of known models, `models`.

    A known model stands here with its digest, so that nothing changes when its file is downloaded. Files of
    the user's own are not here: they are the job's input files.
    """
    read = pose.model_dump(mode="json", exclude={"min_confidence", "keypoints", "model", "detector"})
    if pose.backend != "onnx":
        return {"pose": read}
    chosen: dict[str, str | None] = {"model": model_of(pose), "detector": pose.detector}
    kept = {key: value for key, value in chosen.items() if value is not None and not is_file(value)}
    incidental = {"addresses", "checkpoint", "licence", "task", "file"}
    return {
        "pose": read | kept,
        "models": {
            name: known_models()[name].model_dump(mode="json", exclude=incidental) for name in kept.values()
        },
    }


def own_file(chosen: str | None) -> Path | None:
    """Return the file to watch for changes: the user's own, or a known model's without a published digest."""
    if chosen is None:
        return None
    if is_file(chosen):
        return Path(chosen)
    model = known_models()[chosen]
    path = folder() / model.file
    return path if not model.sha256 and path.exists() else None


def _key(task: Task) -> str:
    return "model" if task == "pose" else "detector"
