"""Moving objects as candidate subjects."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.keypoints.following.follow import overlap
from video2reward.keypoints.following.moving import LEAST_PATCH, WIDTH, moving_patches, read_reduced, shifts

SAMPLES = 36  # frames sampled from the clip
LEAST = 0.003  # minimum area of a subject, fraction of the picture
MOST_MOVERS = 3  # maximum number of candidates
LEAST_PART = 0.25  # minimum weight relative to the strongest mover
REACH = 0.5  # movement between two samples, fraction of the box's sides
FEWEST = 3  # minimum number of samples that show a subject
MEMORY = 8  # samples after which a lost object is forgotten

Place = tuple[int, np.ndarray]
"""A frame's number and a box (4,), px."""


@dataclass
class _Mover:
    """Track of one moving object; areas: px^2 of the reduced picture; last: index of the last sample."""

    places: list[Place] = field(default_factory=list)
    areas: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    last: int = -1

    @property
    def weight(self) -> float:
        return float(np.sqrt(self.areas).sum())

    def best(self) -> Place:
        """Return its best place: clear of the picture's edges and closest to its median size.

        The largest place may be two objects that cross.
        """
        usual = float(np.median(np.array(self.areas)[np.array(self.whole) | (not any(self.whole))]))
        return self.places[
            max(range(len(self.places)), key=lambda i: (self.whole[i], -abs(self.areas[i] - usual)))
        ]


def movers(frames: Frames, least: float = LEAST) -> list[Place]:
    """Return the best place of each moving object, the strongest mover first; empty if none is found.

    Pixels that differ from the median picture are moving; the camera may pan slowly. Patches that overlap from
    sample to sample belong to one object.

    least: minimum area, fraction of the picture
    """
    return [mover.best() for mover in _followed(frames, least=least)]


def mover_at(frames: Frames, index: int, point: np.ndarray) -> np.ndarray | None:
    """Return the box (4,) of the moving object at a point (2,) px in frame `index`; None if nothing moves there."""
    for mover in _followed(frames, index):
        for at, box in mover.places:
            if at == index and (box[:2] <= point).all() and (point <= box[2:]).all():
                return box
    return None


def _followed(frames: Frames, also: int | None = None, least: float = LEAST) -> list[_Mover]:
    indices = np.linspace(0, len(frames.times) - 1, SAMPLES).round().astype(int)
    indices = np.unique(indices if also is None else np.append(indices, also))
    scale = WIDTH / frames.size[0]
    grey = [read_reduced(frames, int(i)) for i in indices]
    shift = shifts(grey)
    if shift is None:
        shift = np.zeros((len(grey), 2))  # a background without features to track: assume a static camera
    known: list[_Mover] = []
    for sample, patches in enumerate(moving_patches(grey, shift, min(least, LEAST_PATCH))):
        if patches is not None:
            _continue(known, patches, sample, int(indices[sample]), scale, shift / scale, least)
    lasting = sorted((m for m in known if len(m.places) >= FEWEST), key=lambda m: -m.weight)
    kept: list[_Mover] = []
    for mover in lasting[: 4 * MOST_MOVERS]:
        if mover.weight >= LEAST_PART * lasting[0].weight and not any(
            _within(mover, other) for other in kept
        ):
            kept.append(mover)
    return kept[:MOST_MOVERS]


def _continue(
    known: list[_Mover],
    patches: np.ndarray,
    sample: int,
    index: int,
    scale: float,
    shift: np.ndarray,
    least: float,
) -> None:
    """Assign a sample's patches, largest first, to the mover with the largest overlap, or to a new one."""
    height, width = patches.shape
    _, labels, found, _ = cv2.connectedComponentsWithStats((patches > 0).astype(np.uint8))
    del labels
    for x, y, w, h, area in sorted(found[1:].tolist(), key=lambda patch: -patch[4]):
        if area < least * patches.size:
            continue
        box = np.array([x, y, x + w, y + h]) / scale
        near = [m for m in known if 0 < sample - m.last <= MEMORY]
        # If the camera follows the object, it stays in place in the picture; if not, relative to the background.
        shared = [
            max(
                overlap(_grown(m.places[-1][1] + np.tile(by, 2)), box)
                for by in (0 * shift[0], shift[sample] - shift[m.last])
            )
            for m in near
        ]
        if shared and max(shared) > 0.5:
            mover = near[int(np.argmax(shared))]
        else:
            known.append(mover := _Mover())
        mover.places.append((index, box))
        mover.areas.append(float(area))
        mover.whole.append(x > 1 and y > 1 and x + w < width - 1 and y + h < height - 1)
        mover.last = sample


def _grown(box: np.ndarray) -> np.ndarray:
    sides = REACH / 2 * (box[2:] - box[:2])
    return np.concatenate([box[:2] - sides, box[2:] + sides])


def _within(mover: _Mover, other: _Mover) -> bool:
    """Tell whether a mover is part of another: it lies mostly within the other's enlarged box."""
    at = np.array([index for index, _ in other.places])
    boxes = np.array([box for _, box in other.places])
    shared = [
        overlap(_grown(np.array([np.interp(index, at, side) for side in boxes.T])), box)
        for index, box in mover.places
    ]
    return float(np.median(shared)) > 0.5
