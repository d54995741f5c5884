"""A pose network: a picture and a box in, joints in the picture out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.config.model_files import Weights
from video2reward.errors import UserError
from video2reward.keypoints.onnx.crop import cut_around
from video2reward.keypoints.onnx.decode import decode_heatmaps, decode_simcc
from video2reward.keypoints.onnx.session import Network, open_network
from video2reward.keypoints.pictures import part_for

SIMCC = ("simcc_x", "simcc_y")


@dataclass(frozen=True)
class PoseNetwork:
    """A top-down pose model; `simcc`: output indices of the x and y vectors, None for heatmaps."""

    network: Network
    simcc: tuple[int, int] | None

    def __call__(self, picture: np.ndarray, box: np.ndarray, zoom: float = 1.0, part: int = 1) -> np.ndarray:
        """Return the joints (J, 3), px of the full-size picture and confidence 0..1, of the subject in the box (4,).

        Joints outside the picture (H, W, 3), uint8 BGR, are unseen: NaN, NaN, 0.
        part: the picture's downscaling factor; the box is in px of the full-size picture
        """
        cut = cut_around(box, self.network.size, zoom)
        joints = cut.back(self.decode(self.network(cut.picture(picture, part))))
        height, width = (part * side for side in picture.shape[:2])
        with np.errstate(invalid="ignore"):
            inside = ((joints[:, :2] >= 0) & (joints[:, :2] <= (width - part, height - part))).all(1)
        joints[~inside] = (np.nan, np.nan, 0.0)
        return joints

    def part(self, box: np.ndarray, zoom: float = 1.0) -> int:
        """Return the largest downscaling factor that keeps the network's input resolution for the box (4,)."""
        finer = float((cut_around(box, self.network.size, zoom).extent / self.network.size).min())
        return part_for(finer)

    def decode(self, outputs: list[np.ndarray]) -> np.ndarray:
        """Return joints (J, 3), px of the input and confidence, from the network's outputs."""
        if self.simcc is None:
            return decode_heatmaps(outputs[0][0], self.network.size)
        x, y = (outputs[i][0] for i in self.simcc)
        return decode_simcc(x, y, self.network.size)


def open_pose(weights: Weights, joints: int, threads: int) -> PoseNetwork:
    """Load a pose model; a trial run shows the layout of its outputs.

    Raises:
        UserError: the model cannot be loaded, or its outputs have an unknown layout or the wrong joint count
    """
    network = open_network(weights, threads)
    width, height = network.size
    outputs = network(np.zeros((height, width, 3), np.uint8))
    shapes = [output.shape for output in outputs]
    simcc = _simcc_places(network, shapes)
    if simcc is None and not (len(shapes) == 1 and len(shapes[0]) == 4 and shapes[0][0] == 1):
        raise UserError(
            f"{network.path} gives {network.describe(outputs)}; a pose model gives {SIMCC[0]} (1, joints, a) and "
            f"{SIMCC[1]} (1, joints, b), or heatmaps (1, joints, height, width)"
        )
    expected, kind = weights.model, "heatmap" if simcc is None else "simcc"
    if expected is not None and expected.decoding != kind:
        raise UserError(f"{network.path} gives {network.describe(outputs)}, expected {expected.decoding}")
    found = shapes[0 if simcc is None else simcc[0]][1]
    if found != joints:
        raise UserError(
            f"{network.path} finds {found} joints, the skeleton has {joints}; correct pose.skeleton"
        )
    return PoseNetwork(network, simcc)


def _simcc_places(network: Network, shapes: list[tuple[int, ...]]) -> tuple[int, int] | None:
    """Return the output indices of the x and y vectors, found by name or by shape (multiples of the input size)."""
    if all(name in network.outputs for name in SIMCC):
        return network.outputs.index(SIMCC[0]), network.outputs.index(SIMCC[1])
    if len(shapes) != 2 or any(len(shape) != 3 for shape in shapes) or shapes[0][:2] != shapes[1][:2]:
        return None
    width, height = network.size
    for x, y in ((0, 1), (1, 0)):
        a, b = shapes[x][2], shapes[y][2]
        if a % width == 0 and b % height == 0 and a // width == b // height:
            return x, y
    return None
