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
DEFAULTS = {
    "onnx": {"ap10k": "rtmpose-m-ap10k", "coco17": "rtmpose-m-coco17"},
    "mmpose": {"ap10k": "hrnet-w32-ap10k", "coco17": "rtmpose-m-coco17"},  # Video2Reward's
}
Task = Literal["pose", "detector"]
Key = Literal["model", "detector", "config"]
SUFFIXES = {"onnx": ".onnx", "mmpose": ".pth"}
READ_BY: dict[Key, tuple[str, ...]] = {
    "model": ("onnx", "mmpose"),
    "detector": ("onnx",),
    "config": ("mmpose",),
}
PAGE = "docs/pose-models.md"

# Of ImageNet, red green blue, 0..255: what OpenMMLab's models and most others are trained with.
MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


class Checkpoint(Settings):
    """A model's weights as mmpose reads them."""

    config: str = Field(description="the configuration's name in mmpose's wheel")
    file: str = Field(description="name in the folder of models")
    addresses: tuple[str, ...] = Field(description="tried in turn")
    sha256: str = Field(description="of the file, or its first digits")


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
    checkpoint: Checkpoint | None = Field(None, description="the same weights for mmpose")
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
    return chosen.endswith((".onnx", ".pth")) or os.sep in chosen


def named(chosen: str, task: Task, backend: str = "onnx") -> Model:
    """Return a known model; an unknown name, or one for another task or backend, is a `UserError`."""
    fitting = {
        name: model
        for name, model in known_models().items()
        if model.task == task and (backend == "onnx" or model.checkpoint is not None)
    }
    if chosen not in fitting:
        kind, suffix = "pose model" if task == "pose" else "detector", SUFFIXES[backend]
        raise UserError(
            f"{choices(chosen, fitting, kind)} A model of your own: the path of its {suffix} file."
        )
    return fitting[chosen]


def weights(chosen: str, task: Task) -> Weights:
    """Return a model's ONNX file, given its name or path; a known one that is missing is downloaded.

    Raises:
        UserError: unknown, no such file, not to be had, or not what its digest says
    """
    if is_file(chosen):
        return _own(chosen, task)
    model = named(chosen, task)
    path = folder() / model.file
    if not model.addresses and not path.exists():
        published = model.checkpoint.addresses[0] if model.checkpoint else ""
        raise UserError(
            f"{chosen} is published as a checkpoint only ({published}): export it to ONNX as {PAGE} says, and "
            f"put it at {path}, or choose pose.backend: mmpose, which reads checkpoints"
        )
    return Weights(path, _at_hand(chosen, path, model.addresses, model.sha256), model)


def checkpoint(pose: Pose) -> Weights:
    """Return the checkpoint that mmpose shall read; a known one that is missing is downloaded.

    Raises:
        UserError: as for `weights`
    """
    chosen = model_of(pose)
    if is_file(chosen):
        return _own(chosen, "pose")
    model = named(chosen, "pose", "mmpose")
    assert model.checkpoint is not None
    path = folder() / model.checkpoint.file
    return Weights(path, _at_hand(chosen, path, model.checkpoint.addresses, model.checkpoint.sha256), model)


def config_of(pose: Pose) -> str:
    """Return mmpose's configuration, a name or a .py file: the chosen one, else the known model's.

    For a checkpoint of the user's own without one it is that of the skeleton's default model.
    """
    if pose.config is not None:
        return pose.config
    chosen = model_of(pose)
    model = named(DEFAULTS["mmpose"][pose.skeleton] if is_file(chosen) else chosen, "pose", "mmpose")
    assert model.checkpoint is not None
    return model.checkpoint.config


def _own(chosen: str, task: Task) -> Weights:
    path = Path(chosen)
    if not path.exists():
        raise UserError(f"{path} does not exist; correct pose.{_key(task)} in the video's YAML")
    return Weights(path, digest(path), None)


def _at_hand(name: str, path: Path, addresses: tuple[str, ...], sha256: str) -> str:
    """Download a known file if it is missing, and return its digest, of which the first digits are `sha256`."""
    if not path.exists():
        fetch(name, addresses, path, sha256)
    found = digest(path)
    if not found.startswith(sha256):
        raise UserError(
            f"{path} is damaged or another file: its SHA-256 is {found[:16]}..., {name}'s is "
            f"{sha256[:16]}...; delete it, and the same command downloads it again"
        )
    return found


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
            chosen[task] = _file(value, base, f"{source}: pose.{_key(task)}")
            for backend, suffix in SUFFIXES.items():
                if value.endswith(suffix) and backend != pose.backend:
                    raise UserError(
                        f"{source}: pose.{_key(task)}: {value} is for pose.backend: {backend}, here it is "
                        f"{pose.backend}, which reads {SUFFIXES[pose.backend]} files"
                    )
        elif named(value, task, pose.backend).skeleton not in ("", pose.skeleton):
            raise UserError(
                f"{source}: pose.{_key(task)} {value} is for {named(value, task).skeleton}, pose.skeleton is "
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
        config = _file(config, base, f"{source}: pose.config") if is_path else config.removesuffix(".py")
    return pose.model_copy(update={"model": chosen["pose"], "detector": chosen["detector"], "config": config})


def model_of(pose: Pose) -> str:
    """Return the pose model that is chosen, by default the skeleton's."""
    defaults = DEFAULTS[pose.backend]
    if pose.model is None and pose.skeleton not in defaults:
        raise UserError(choices(pose.skeleton, defaults, "skeleton"))
    return pose.model or defaults[pose.skeleton]


def pose_settings(pose: Pose) -> dict[str, Any]:
    """Return what finding keypoints reads of `pose`, as plain values: `pose` and, of known models, `models`.

    A known model stands here with its digest, so that nothing changes when its file is downloaded. Files of
    the user's own are not here: they are the job's input files.
    """
    read = pose.model_dump(mode="json", exclude={"min_confidence", "keypoints", *READ_BY})
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


def _file(value: str, base: Path, what: str) -> str:
    path = base / Path(value).expanduser()
    if not path.exists():
        raise UserError(f"{what}: {path} does not exist")
    return str(path)


def _key(task: Task) -> str:
    return "model" if task == "pose" else "detector"
