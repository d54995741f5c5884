"""Object detection with ONNX models that have RTMDet's or YOLOX's interface."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from video2reward.config.model_files import Weights
from video2reward.errors import UserError
from video2reward.keypoints.onnx.session import Network, open_network

SCORE = 0.3  # minimum detection score
SAME = 0.45  # IoU above which two boxes show the same subject
GREY = 114  # padding value, as in the training of both
STRIDES = (8, 16, 32)
# Indices of COCO's 80 classes. Any animal counts as a quadruped: a dog may be detected as a cat.
COCO = {"human": (0,), "quadruped": tuple(range(15, 24))}


@dataclass(frozen=True)
class Detector:
    """A detector; `grid`: its outputs are YOLOX's raw rows; `classes`: the classes to look for."""

    network: Network
    grid: bool
    classes: tuple[int, ...]

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        """Return the detections in a picture (H, W, 3) uint8 BGR: (N, 5) x0, y0, x1, y1 px, score; best first."""
        width, height = self.network.size
        scale = min(width / picture.shape[1], height / picture.shape[0])
        fitted = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
        sheet = np.full((height, width, 3), GREY, np.uint8)
        sheet[: fitted[1], : fitted[0]] = cv2.resize(picture, fitted, interpolation=cv2.INTER_LINEAR)
        outputs = self.network(sheet)
        found = self._from_grid(outputs[0][0]) if self.grid else self._from_boxes(outputs)
        found = found[found[:, 4] >= SCORE]
        found[:, :4] = np.clip(found[:, :4] / scale, 0, np.tile(picture.shape[1::-1], 2))
        return _once(found)

    def _from_boxes(self, outputs: list[np.ndarray]) -> np.ndarray:
        """Read `dets` (1, N, 5), x0, y0, x1, y1 px of the input and score, and `labels` (1, N), COCO's classes.

        Without labels, every box counts.
        """
        rows = np.asarray(outputs[0][0], float)
        return rows if len(outputs) == 1 else rows[np.isin(outputs[1][0], self.classes)]

    def _from_grid(self, rows: np.ndarray) -> np.ndarray:
        """Read YOLOX's rows (cells, 5 + classes): offset in the cell, log size, objectness, class scores.

        A model with fewer classes than COCO is searched for all of them.
        """
        cells, strides = _cells(self.network.size)
        centre = (rows[:, :2] + cells) * strides[:, None]
        half = np.exp(rows[:, 2:4]) * strides[:, None] / 2
        of_classes = rows[:, 5:]
        sought = of_classes[:, list(self.classes)] if of_classes.shape[1] > max(self.classes) else of_classes
        score = rows[:, 4] * sought.max(1)
        return np.concatenate([centre - half, centre + half, score[:, None]], axis=1).astype(float)


def open_detector(weights: Weights, subject: str, threads: int) -> Detector:
    """Load a detector for humans or quadrupeds; a trial run shows the layout of its outputs.

    Raises:
        UserError: the model cannot be loaded, or its outputs have an unknown layout
    """
    network = open_network(weights, threads, plain=True)
    width, height = network.size
    outputs = network(np.zeros((height, width, 3), np.uint8))
    shapes = [output.shape for output in outputs]
    cells = len(_cells(network.size)[1])
    grid = len(shapes) == 1 and len(shapes[0]) == 3 and shapes[0][1] == cells and shapes[0][2] > 5
    boxes = len(shapes) in (1, 2) and len(shapes[0]) == 3 and shapes[0][2] == 5
    if not grid and not (boxes and (len(shapes) == 1 or shapes[1] == shapes[0][:2])):
        raise UserError(
            f"{network.path} gives {network.describe(outputs)}; a detector gives boxes (1, N, 5) and, if it has "
            "several classes, labels (1, N), or YOLOX's raw rows (1, cells, 5 + classes)"
        )
    return Detector(network, grid, COCO[subject])


def _cells(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return every cell's column and row (N, 2), and its side length (N,), px."""
    places, sides = [], []
    for stride in STRIDES:
        rows, columns = np.mgrid[: size[1] // stride, : size[0] // stride]
        places.append(np.stack([columns.ravel(), rows.ravel()], axis=1))
        sides.append(np.full(rows.size, stride))
    return np.concatenate(places), np.concatenate(sides)


def _once(found: np.ndarray) -> np.ndarray:
    """Apply non-maximum suppression; best box first."""
    corner_and_size = np.concatenate([found[:, :2], found[:, 2:4] - found[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(corner_and_size.tolist(), found[:, 4].tolist(), SCORE, SAME)
    return found[np.asarray(kept, int).ravel()]
