"""Model files for subject detection and pose estimation: the known ones and where they are kept."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from video2reward.artifacts.io import digest
from video2reward.errors import UserError, choices
from video2reward.jobs.download import fetch
from video2reward.settings.base import Settings
from video2reward.settings.validation import read_yaml, validate

LIST = Path(__file__).resolve().parents[3] / "resources" / "models.yaml"
FOLDER = "V2R_MODELS"  # environment variable: the folder for downloaded models
Task = Literal["pose", "detector"]
SUFFIXES = {"onnx": ".onnx", "mmpose": ".pth"}
PAGE = "docs/pose-models.md"

# ImageNet's, red green blue, 0..255, used to train OpenMMLab's models and most others.
MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


class MmposeWeights(Settings):
    """A model's weights in mmpose's format."""

    config: str = Field(description="the configuration's name in mmpose's wheel")
    file: str = Field(description="name in the folder of models")
    addresses: tuple[str, ...] = Field(description="tried in turn")
    sha256: str = Field(description="of the file, possibly only its first digits")


class Model(Settings):
    """An entry of resources/models.yaml, whose comments explain the keys."""

    task: Task
    skeleton: str = ""
    decoding: Literal["simcc", "heatmap", "boxes", "grid"]
    size: tuple[int, int]
    colours: Literal["rgb", "bgr"] = "rgb"
    mean: tuple[float, float, float] = MEAN
    std: tuple[float, float, float] = STD
    file: str = Field(description="name in the folder of models")
    addresses: tuple[str, ...] = Field((), description="tried in turn; an .onnx, or a .zip with one .onnx")
    sha256: str = Field("", description="of the ONNX file")
    checkpoint: MmposeWeights | None = Field(None, description="the same weights for mmpose")
    licence: str


@dataclass(frozen=True)
class Weights:
    """A model file on disk; `model` is its entry in the list, None for a user's own file."""

    path: Path
    digest: str
    model: Model | None


@cache
def known_models() -> dict[str, Model]:
    """Return the models known by name."""
    return {name: validate(Model, entry, f"{LIST}, {name}") for name, entry in read_yaml(LIST).items()}


def folder() -> Path:
    """Return the folder for downloaded models: $V2R_MODELS, or ~/.cache/video2reward/models."""
    own = os.environ.get(FOLDER)
    return Path(own).expanduser() if own else Path.home() / ".cache" / "video2reward" / "models"


def is_file(chosen: str) -> bool:
    """Return whether a `pose.model` or `pose.detector` is a path rather than a name."""
    return chosen.endswith((".onnx", ".pth")) or os.sep in chosen


def known_model(chosen: str, task: Task, backend: str = "onnx") -> Model:
    """Return a known model; a name unknown for this task and backend is a `UserError`."""
    fitting = {
        name: model
        for name, model in known_models().items()
        if model.task == task and (backend == "onnx" or model.checkpoint is not None)
    }
    if chosen not in fitting:
        kind, suffix = "pose model" if task == "pose" else "detector", SUFFIXES[backend]
        raise UserError(
            f"{choices(chosen, fitting, kind)} For a model of your own, give the path of its {suffix} file."
        )
    return fitting[chosen]


def weights(chosen: str, task: Task) -> Weights:
    """Return a model's ONNX file, given its name or path; a known model is downloaded if missing.

    Raises:
        UserError: the name is unknown, the file is missing, or the download fails or does not match its digest
    """
    if is_file(chosen):
        return _own(chosen, task)
    model = known_model(chosen, task)
    path = folder() / model.file
    if not model.addresses and not path.exists():
        published = model.checkpoint.addresses[0] if model.checkpoint else ""
        raise UserError(
            f"{chosen} is published only as a checkpoint ({published}): export it to ONNX as {PAGE} explains and "
            f"put it at {path}, or choose pose.backend: mmpose, which reads checkpoints"
        )
    return Weights(path, _at_hand(chosen, path, model.addresses, model.sha256), model)


def checkpoint(chosen: str) -> Weights:
    """Return a model's checkpoint, given its name or path; a known model is downloaded if missing.

    Raises:
        UserError: as for `weights`
    """
    if is_file(chosen):
        return _own(chosen, "pose")
    model = known_model(chosen, "pose", "mmpose")
    assert model.checkpoint is not None
    path = folder() / model.checkpoint.file
    return Weights(path, _at_hand(chosen, path, model.checkpoint.addresses, model.checkpoint.sha256), model)


def _own(chosen: str, task: Task) -> Weights:
    path = Path(chosen)
    if not path.exists():
        raise UserError(f"{path} does not exist; correct pose.{key_of(task)} in the video's YAML")
    return Weights(path, digest(path), None)


def _at_hand(name: str, path: Path, addresses: tuple[str, ...], sha256: str) -> str:
    """Download a known file if it is missing -> its SHA-256, which must begin with `sha256`."""
    if not path.exists():
        fetch(name, addresses, path, sha256)
    found = digest(path)
    if not found.startswith(sha256):
        raise UserError(
            f"{path} is damaged or a different file: its SHA-256 is {found[:16]}..., {name}'s is "
            f"{sha256[:16]}...; delete it, and the same command downloads it again"
        )
    return found


def key_of(task: Task) -> str:
    """Return the key of the section `pose` that names the model for a task."""
    return "model" if task == "pose" else "detector"
