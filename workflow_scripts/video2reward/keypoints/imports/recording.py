"""What keypoint files from elsewhere hold, whichever tool wrote them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.keypoints.imports.numbering import Numbering

PEAK, PERCENT = 10.0, 100.0  # peaks of SimCC networks reach some units; what lies above them is percent


@dataclass(frozen=True)
class Recording:
    """Everybody's keypoints, frame by frame.

    keypoints: (N, T, J, 3) x right, y down and confidence 0..1; an unseen joint is NaN, NaN, 0
    joints: (J,) as the file calls them; individuals: (N,)
    numbering: which of the video's frames the rows are; None if the file has times alone
    times: (T,) s, the first 0; None if the file has numbers alone
    origin_s: the first time as the file has it, None where times follow from a frame rate
    fps: frames per second that a file with numbers states, if it does
    size: (width, height) px of the pictures, if the file states it
    boxes: (T, 4) px of a single subject, if the file states them
    skeleton: the file's own word for it, if there is one
    doubled: an individual -> a frame, as the file counts, that it is in twice
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
    """What is known of the clip that a file belongs to: who moves in it, and its film's file name."""

    species: str = ""
    film: str = ""


def joined(xy: np.ndarray, confidence: np.ndarray | None = None) -> np.ndarray:
    """Return (..., J, 3) of coordinates (..., J, 2) and confidences (..., J) as tools write them.

    Tools mark an unseen joint by NaN coordinates or by a confidence of 0 or less. A confidence that is left empty, NaN,
    is not stated: people correct coordinates by hand and leave it so. It counts as sure.
    """
    sure = np.ones(xy.shape[:-1]) if confidence is None else np.asarray(confidence, float)
    sure = np.where(np.isnan(sure), 1.0, sure)
    sure = np.where(np.isfinite(xy).all(-1), np.maximum(sure, 0.0), 0.0)
    return np.concatenate([np.where(sure[..., None] > 0, xy, np.nan), sure[..., None]], axis=-1)


def shares(keypoints: np.ndarray, path: Path) -> np.ndarray:
    """Return keypoints (..., 3) with confidences 0..1: peaks of networks exceed 1 somewhat, others write percent.

    Raises:
        UserError: confidences above 100
    """
    most = float(keypoints[..., 2].max(initial=0.0))
    if most > PERCENT:
        raise UserError(
            f"{path}: confidences go up to {most:g}, expected are 0 to 1, or percent; correct that column"
        )
    scale = PERCENT if most > PEAK else 1.0
    sure = np.clip(keypoints[..., 2:] / scale, 0.0, 1.0)
    return np.concatenate([keypoints[..., :2], sure], axis=-1)


def json_of(path: Path) -> Any:
    """Return what a JSON file holds; a damaged one is a `UserError`."""
    try:
        return json.loads(path.read_bytes())  # bytes: UTF-16 and byte order marks are told by themselves
    except json.JSONDecodeError as error:
        raise UserError(
            f"{path} is not JSON, or cut off ({error.msg}, line {error.lineno}); save it again"
        ) from None
