"""The content of an imported keypoint file, independent of its format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.keypoints.imports.numbering import Numbering

PEAK, PERCENT = 10.0, 100.0  # SimCC peaks can exceed 1 several times; larger values are percent


@dataclass(frozen=True)
class Recording:
    """Keypoints of all individuals in every frame.

    keypoints: (N, T, J, 3) x right, y down and confidence 0..1; an unseen joint is NaN, NaN, 0
    joints: (J,) the file's names; individuals: (N,)
    numbering: frame numbers of the rows; None if the file has only times
    times: (T,) s, the first 0; None if the file has only frame numbers
    origin_s: the file's first time, s; None if times come from a frame rate
    fps: frames per second in a file with frame numbers, if stated
    size: (width, height) px of the pictures, if stated
    boxes: (T, 4) px of a single subject, if stated
    skeleton: name of the skeleton, if stated
    doubled: individual -> a frame (file's numbering) that contains it twice
    """

    keypoints: np.ndarray
    joints: tuple[str, ...]
    individuals: tuple[str, ...] = ("",)
    numbering: Numbering | None = field(default_factory=Numbering)
    times: np.ndarray | None = None
    origin_s: float | None = None
    fps: float | None = None
    size: tuple[int, int] | None = None
    boxes: np.ndarray | None = None
    skeleton: str | None = None
    weights_digest: str = ""
    doubled: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ClipFacts:
    """Facts about the clip that a file belongs to: the subject's species and the video's file name."""

    species: str = ""
    film: str = ""


def joined(xy: np.ndarray, confidence: np.ndarray | None = None) -> np.ndarray:
    """Combine coordinates (..., J, 2) and confidences (..., J) as tools write them into (..., J, 3).

    Tools mark an unseen joint by NaN coordinates or a confidence of 0 or less. An empty confidence (NaN) counts as 1:
    people correct coordinates by hand and leave it empty.
    """
    sure = np.ones(xy.shape[:-1]) if confidence is None else np.asarray(confidence, float)
    sure = np.where(np.isnan(sure), 1.0, sure)
    sure = np.where(np.isfinite(xy).all(-1), np.maximum(sure, 0.0), 0.0)
    return np.concatenate([np.where(sure[..., None] > 0, xy, np.nan), sure[..., None]], axis=-1)


def shares(keypoints: np.ndarray, path: Path) -> np.ndarray:
    """Return keypoints (..., 3) with confidences in 0..1: some networks exceed 1 slightly, some tools write percent.

    Raises:
        UserError: confidences above 100
    """
    most = float(keypoints[..., 2].max(initial=0.0))
    if most > PERCENT:
        raise UserError(
            f"{path}: confidences go up to {most:g}, expected 0 to 1, or percent; correct that column"
        )
    scale = PERCENT if most > PEAK else 1.0
    sure = np.clip(keypoints[..., 2:] / scale, 0.0, 1.0)
    return np.concatenate([keypoints[..., :2], sure], axis=-1)


def json_of(path: Path) -> Any:
    """Return the content of a JSON file; a damaged one is a `UserError`."""
    try:
        return json.loads(path.read_bytes())  # bytes: json detects UTF-16 and byte order marks itself
    except json.JSONDecodeError as error:
        raise UserError(
            f"{path} is not JSON, or cut off ({error.msg}, line {error.lineno}); save it again"
        ) from None
