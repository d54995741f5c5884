"""Tracking a subject with a top-down pose model."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.config.model_files import Weights
from video2reward.errors import UserError
from video2reward.keypoints.following.both_ways import SubjectTrack, follow_chosen
from video2reward.keypoints.following.foreground import Place, movers
from video2reward.keypoints.following.pursuit import Pursuit, box_of
from video2reward.keypoints.pictures import keypoints_in
from video2reward.skeletons import Skeleton


class TopDownTrack(SubjectTrack):
    """A subject tracked by its detected joints."""

    def __init__(self, frames: Frames, place: Place, joints: int) -> None:
        """Start in the box of `place`; `joints` is the model's joint count."""
        super().__init__(frames, place[0], joints)
        self.place = place
        self.pursuit, self.tight = Pursuit(place[1]), False
        self.box = place[1]

    @abstractmethod
    def find(self, picture: np.ndarray, box: np.ndarray, zoom: float, part: int) -> np.ndarray:
        """Return the joints (J, 3), px of the full-size picture, found in the box (4,) enlarged by `zoom`."""

    def look(self, picture: np.ndarray, part: int) -> np.ndarray:
        """Return one frame's joints (J, 3); all unseen if they are somebody else's."""
        if not self.tight:
            self._tighten(picture, part)
        joints = self.find(picture, self.pursuit.box, self.pursuit.zoom, part)
        box = box_of(joints)
        if not self.pursuit.update(box) and box is not None:
            joints[:] = (np.nan, np.nan, 0.0)
        return joints

    def remember(self) -> None:
        """Save the box but not its speed, which is reversed when going backwards."""
        self.box = self.pursuit.box.copy()

    def turn(self) -> None:
        """Return to the saved box."""
        self.pursuit = Pursuit(self.box)

    def _tighten(self, picture: np.ndarray, part: int) -> None:
        """Refine the first box: one drawn by hand or from motion is looser than those in training data."""
        tighter = box_of(self.find(picture, self.pursuit.box, 1.0, part))
        if tighter is not None and self.pursuit.update(tighter):
            self.pursuit = Pursuit(tighter)
        self.tight = True


def moving_places(frames: Frames, bones: Skeleton, otherwise: str = "") -> list[Place]:
    """Return the places of moving objects; a `UserError` if there are none."""
    found = movers(frames)
    if not found:
        raise UserError(
            f"{frames.source}: nothing moves against a still background, so there is no candidate subject; "
            f"give the {bones.subject}'s box in the first frame ({frames.picture(0)}) as subject.box"
            f"{otherwise}"
        )
    return found


def follow_joints(
    tracks: Sequence[TopDownTrack], given: str, bones: Skeleton, used: Weights, backend: str
) -> Keypoints:
    """Choose and track a subject (see `follow_chosen`) and return its keypoints.

    Raises:
        UserError: no joint is found in any frame
    """
    frames = tracks[0].frames
    chosen, choice = follow_chosen(tracks, given, backend)
    keypoints = chosen.keypoints
    if not (keypoints[..., 2] > 0).any():
        start, box = chosen.place
        raise UserError(
            f"{frames.source}: {used.path.name} finds no joint at {box.round().tolist()} in frame {start} "
            f"({frames.picture(start)}) nor near it in others; give the {bones.subject}'s box in the first "
            "frame as subject.box, or choose another model"
        )
    return keypoints_in(frames, bones, keypoints, backend, choice, used.digest)
