"""Following a subject with a model that finds the joints in a box."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.keypoints.both_ways import Track
from video2reward.keypoints.foreground import Place
from video2reward.keypoints.onnx_follow import Pursuit, box_of


class TopDownTrack(Track):
    """A subject that is followed by the joints found on it."""

    def __init__(self, frames: Frames, place: Place, joints: int) -> None:
        """Begin in the box of `place`; the model finds `joints`."""
        super().__init__(frames, place[0], joints)
        self.pursuit, self.tight = Pursuit(place[1]), False
        self.box = place[1]

    @abstractmethod
    def find(self, picture: np.ndarray, box: np.ndarray, zoom: float, part: int) -> np.ndarray:
        """Return the joints (J, 3), px of the whole picture, of what is in the box (4,) enlarged by `zoom`."""

    def look(self, picture: np.ndarray, part: int) -> np.ndarray:
        """Return one frame's joints (J, 3), unseen where they are somebody else's."""
        if not self.tight:
            self._tighten(picture, part)
        joints = self.find(picture, self.pursuit.box, self.pursuit.zoom, part)
        box = box_of(joints)
        if not self.pursuit.update(box) and box is not None:
            joints[:] = (np.nan, np.nan, 0.0)
        return joints

    def remember(self) -> None:
        """Keep the box; how fast it went is the other way round before."""
        self.box = self.pursuit.box.copy()

    def turn(self) -> None:
        """Go back to the box that was kept."""
        self.pursuit = Pursuit(self.box)

    def _tighten(self, picture: np.ndarray, part: int) -> None:
        """Look once more: a box drawn by hand or by motion is not as tight as those that models are trained on."""
        tighter = box_of(self.find(picture, self.pursuit.box, 1.0, part))
        if tighter is not None and self.pursuit.update(tighter):
            self.pursuit = Pursuit(tighter)
        self.tight = True
