"""The clip beside the robot: which of its pictures belongs to a moment of the robot's clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.similarity.phase import video_phase

_WIDTH = 360  # px, as wide as the page's panel


@dataclass(frozen=True)
class Clip:
    """A clip's pictures, each (H, W, 3) RGB, and their phases (T,), strides, never falling."""

    pictures: list[np.ndarray]
    phase: np.ndarray

    def at(self, phase: float) -> int:
        """Return the picture for a robot's phase, strides since its start: the clip's whole strides over and over."""
        first = np.ceil(self.phase[0] - 1e-6)
        whole = max(1.0, np.floor(self.phase[-1] - first + 1e-6))
        wanted = first + phase % whole
        return int(np.abs(self.phase - wanted).argmin())


def make_clip(motion: Motion, pictures: Iterable[np.ndarray]) -> Clip:
    """Return a clip, its pictures made small; pictures: of the film with keypoints, from the clip's first frame on."""
    import cv2

    wanted = motion.frames
    whole = {number: picture for number, picture in enumerate(pictures) if number in {*wanted}}
    small = []
    for number in wanted:
        picture = whole[number]
        size = (_WIDTH, round(_WIDTH * picture.shape[0] / picture.shape[1]))
        small.append(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    return Clip(small, video_phase(motion)[: len(small)])
