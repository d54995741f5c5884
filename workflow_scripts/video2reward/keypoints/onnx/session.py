"""ONNX models with one picture as input."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.config.model_files import MEAN, STD, Weights
from video2reward.errors import UserError
from video2reward.keypoints.onnx.crop import Preparation


@dataclass(frozen=True)
class Network:
    """A network with one picture as its input.

    size: (width, height) of the input, px; outputs: names, in order
    """

    session: Any
    path: Path
    input: str
    size: tuple[int, int]
    outputs: tuple[str, ...]
    prepare: Preparation

    def __call__(self, picture: np.ndarray) -> list[np.ndarray]:
        """Return the outputs for a picture of the input's size, (H, W, 3) uint8 BGR."""
        result: list[np.ndarray] = self.session.run(None, {self.input: self.prepare(picture)})
        return result

    def describe(self, values: list[np.ndarray]) -> str:
        """Name the outputs and their shapes, for messages."""
        return ", ".join(f"{n} {tuple(v.shape)}" for n, v in zip(self.outputs, values, strict=True))


def open_network(weights: Weights, threads: int, plain: bool = False) -> Network:
    """Load a model.

    A user's own file may state its preprocessing as metadata: `colours` ("rgb" or "bgr"), `mean` and `std`
    (JSON lists of three, for values 0..255). The default is ImageNet's, or unscaled BGR with `plain`.

    Raises:
        UserError: damaged, not ONNX, or not one input (N, 3, height, width) of fixed height and width
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(weights.path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own classes, one for each kind of damage
        raise UserError(
            f"{weights.path} cannot be loaded by onnxruntime: {' '.join(str(error).split())[:200]}; "
            "it is damaged or not an ONNX model: download or export it again"
        ) from None
    inputs = session.get_inputs()
    size = _size(inputs, weights)
    if size is None:
        wants = "; ".join(f"{i.name} {i.shape} {i.type}" for i in inputs)
        raise UserError(
            f"{weights.path} has the inputs {wants}; expected is one float32 input "
            "(batch, 3, height, width) with fixed height and width"
        )
    names = tuple(output.name for output in session.get_outputs())
    return Network(session, weights.path, inputs[0].name, size, names, _preparation(weights, session, plain))


def _size(inputs: list[Any], weights: Weights) -> tuple[int, int] | None:
    """Return the input's (width, height), px; None if it is not a picture of fixed size."""
    shape: list[Any] = inputs[0].shape if len(inputs) == 1 and inputs[0].type == "tensor(float)" else []
    if len(shape) != 4 or shape[1] != 3:
        return None
    if isinstance(shape[2], int) and isinstance(shape[3], int):
        return shape[3], shape[2]
    return weights.model.size if weights.model is not None else None


def _preparation(weights: Weights, session: Any, plain: bool) -> Preparation:
    if weights.model is not None:
        return Preparation(weights.model.colours, weights.model.mean, weights.model.std)
    said = session.get_modelmeta().custom_metadata_map
    usual = {"colours": "bgr", "mean": (0.0,) * 3, "std": (1.0,) * 3} if plain else {
        "colours": "rgb", "mean": MEAN, "std": STD,
    }  # fmt: skip
    try:
        mean, std = (
            tuple(map(float, json.loads(said[k]) if k in said else usual[k])) for k in ("mean", "std")
        )
        colours = said.get("colours", usual["colours"])
        if colours not in ("rgb", "bgr") or len(mean) != 3 or len(std) != 3 or not all(std):
            raise ValueError(f"colours {colours!r}, mean {mean}, std {std}")
    except (ValueError, TypeError) as error:
        raise UserError(
            f"{weights.path}: unusable metadata ({error}); colours must be rgb or bgr, mean "
            "and std lists of three numbers"
        ) from None
    return Preparation(colours, mean, std)
