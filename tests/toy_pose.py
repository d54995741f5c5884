"""Small pose and detector models of the published ones' interfaces, random or trained in seconds."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints, read_keypoints
from video2reward.settings.video import Video
from video2reward.video.frames import extract_frames

VIDEOS = Path(__file__).resolve().parents[1] / "resources" / "videos"
SIZE = (192, 128)  # not square, so that mixed-up sides show
MEAN, STD = np.array([123.675, 116.28, 103.53]), np.array([58.395, 57.12, 57.375])
STRIDE = 4


def export(
    network: nn.Module, path: Path, size: tuple[int, int], outputs: list[str], **metadata: str
) -> Path:
    """Write a torch network as ONNX, input `input` (batch, 3, height, width) with any batch."""
    import onnx

    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(),
            (torch.zeros(1, 3, size[1], size[0]),),
            str(path),
            input_names=["input"],
            output_names=outputs,
            dynamic_axes={name: {0: "batch"} for name in ["input", *outputs]},
            opset_version=17,
            dynamo=False,
        )
    if metadata:
        model = onnx.load(str(path))
        onnx.helper.set_model_props(model, metadata)
        onnx.save(model, str(path))
    return path


class HeatMaps(nn.Module):
    """Colours near a place -> 17 heat maps at a quarter of the size; enough for coloured markers."""

    def __init__(self, joints: int = 17) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 24, 3, 2, 1), nn.ReLU(),
            nn.Conv2d(24, 32, 3, 2, 1), nn.ReLU(),
            nn.Conv2d(32, 32, 1), nn.ReLU(),
            nn.Conv2d(32, joints, 1),
        )  # fmt: skip

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


class SimCC(nn.Module):
    """The same as RTMPose's rows: `simcc_x` (B, J, 2 width), `simcc_y` (B, J, 2 height)."""

    def __init__(self, maps: nn.Module, size: tuple[int, int] = SIZE) -> None:
        super().__init__()
        self.maps, self.size = maps, size

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        maps = self.maps(x)
        return self._row(maps.amax(2), self.size[0]), self._row(maps.amax(3), self.size[1])

    @staticmethod
    def _row(row: torch.Tensor, pixels: int) -> torch.Tensor:
        # A cell's index times the stride is its place in px, as in training: not the cell's middle.
        fine = 2 * STRIDE
        wide = nn.functional.interpolate(
            row, size=(row.shape[-1] - 1) * fine + 1, mode="linear", align_corners=True
        )
        return nn.functional.pad(wide, (0, 2 * pixels - wide.shape[-1]))


def extract(clip: str, folder: Path) -> tuple[Frames, Keypoints]:
    """Return an example clip's frames and its truth."""
    video = Video(file=VIDEOS / f"{clip}.mp4")
    assert video.file is not None
    frames = extract_frames(video.file, video, folder / clip, {})
    return frames, read_keypoints(VIDEOS / f"{clip}.truth.h5")


def examples(
    frames: Frames, truth: Keypoints, count: int, seed: int = 0
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return pictures (N, 3, H, W), normalised, and heat maps (N, 17, H/4, W/4), cut loosely around the truth's boxes.

    The cutting is its own, by slices and resizing, so that a fault in the backend's cannot hide here.
    """
    import cv2

    rng = np.random.default_rng(seed)
    usable = np.flatnonzero((truth.keypoints[..., 2] > 0).sum(1) > 8)
    pictures, maps = [], []
    for index in rng.choice(usable, count):
        x0, y0, x1, y1 = truth.boxes[index]
        width = 1.25 * max(x1 - x0, (y1 - y0) * SIZE[0] / SIZE[1]) * rng.uniform(0.8, 1.25)
        step = width / SIZE[0]
        middle = np.array([x0 + x1, y0 + y1]) / 2 + rng.uniform(-0.1, 0.1, 2) * width
        corner = np.round(middle - np.array(SIZE) * step / 2).astype(int)
        sides = np.round(np.array(SIZE) * step).astype(int)
        picture = cv2.cvtColor(cv2.imread(str(frames.picture(index))), cv2.COLOR_BGR2RGB)
        pad = int(max(sides))
        padded = cv2.copyMakeBorder(picture, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
        left, top = corner + pad
        cut = cv2.resize(
            padded[top : top + sides[1], left : left + sides[0]], SIZE, interpolation=cv2.INTER_LINEAR
        )
        pictures.append(((cut - MEAN) / STD).transpose(2, 0, 1))
        joints = truth.keypoints[index]
        maps.append(_maps((joints[:, :2] - corner) / sides * SIZE, joints[:, 2] > 0))
    return torch.tensor(np.stack(pictures), dtype=torch.float32), torch.tensor(
        np.stack(maps), dtype=torch.float32
    )


def _maps(points: np.ndarray, seen: np.ndarray) -> np.ndarray:
    rows, columns = np.mgrid[: SIZE[1] // STRIDE, : SIZE[0] // STRIDE]
    off = (columns - points[:, 0, None, None] / STRIDE) ** 2 + (rows - points[:, 1, None, None] / STRIDE) ** 2
    return np.exp(-off / 2) * seen[:, None, None]


def train(pictures: torch.Tensor, maps: torch.Tensor, steps: int = 200) -> HeatMaps:
    """Fit heat maps to examples; a few seconds."""
    torch.manual_seed(0)
    network = HeatMaps()
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1.5e-2, total_steps=steps)
    generator = torch.Generator().manual_seed(0)
    for _ in range(steps):
        batch = torch.randint(len(pictures), (8,), generator=generator)
        loss = ((network(pictures[batch]) - maps[batch]) ** 2 * (1 + 40 * maps[batch])).sum((2, 3)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return network


class Fixed(nn.Module):
    """A network that says the same about every picture, whatever it is told: outputs of given values."""

    def __init__(self, *values: np.ndarray) -> None:
        super().__init__()
        self.values = [torch.tensor(value) for value in values]

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        nothing = 0 * x.mean()
        return tuple(
            value + (nothing if value.is_floating_point() else nothing.to(value.dtype))
            for value in self.values
        )


class Brightest(nn.Module):
    """A detector that finds what is bright: `dets` (1, 1, 5) and `labels` (1, 1) of one class."""

    def __init__(self, label: int) -> None:
        super().__init__()
        self.label = label

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        bright = (x.amin(1) > 200).float()
        columns, rows = torch.arange(x.shape[3]).float(), torch.arange(x.shape[2]).float()
        in_x, in_y = bright.amax(1), bright.amax(2)
        far = 1e4
        box = [
            (columns + far * (1 - in_x)).amin(1), (rows + far * (1 - in_y)).amin(1),
            (columns - far * (1 - in_x)).amax(1) + 1, (rows - far * (1 - in_y)).amax(1) + 1,
        ]  # fmt: skip
        dets = torch.stack([*box, bright.amax((1, 2)) * 0.9], 1)[:, None]
        return dets, torch.full((1, 1), self.label) + 0 * dets[..., 0].long()


Made = Callable[..., Path]
