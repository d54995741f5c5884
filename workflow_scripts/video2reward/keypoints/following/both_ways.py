"""Tracking a subject through a clip: from its best frame forward to the end, then back to the beginning."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.keypoints.following.ahead import pictures_ahead
from video2reward.keypoints.following.choice import choose

LOOK_S = 3.0  # s that each candidate is tracked before one is chosen


class SubjectTrack(ABC):
    """One subject's joints (T, J, 3), px and confidence; unseen: NaN, NaN, 0."""

    def __init__(self, frames: Frames, first: int, joints: int) -> None:
        """Start at frame `first`; the subclass knows the subject's place in it."""
        count = len(frames.times)
        self.frames, self.first = frames, first
        self.order = [*range(first, count), *reversed(range(first))]
        self.keypoints = np.full((count, joints, 3), (np.nan, np.nan, 0.0))

    @abstractmethod
    def look(self, picture: np.ndarray, part: int) -> np.ndarray:
        """Return one frame's joints (J, 3), px of the full-size picture, and update the expected place.

        picture: (H, W, 3) uint8 BGR, downscaled by `part`
        """

    @abstractmethod
    def remember(self) -> None:
        """Save the state after the first frame."""

    @abstractmethod
    def turn(self) -> None:
        """Restore the state after the first frame, before going backwards from it."""

    def part(self) -> int:
        """Return the downscaling factor for the next picture, see `read_picture`."""
        return 1

    def follow(self, most: int, what: str) -> None:
        """Track at most `most` more frames; progress is printed under the name `what`."""
        order, self.order = self.order[:most], self.order[most:]
        if not order:
            return
        for index, picture in pictures_ahead(self.frames, order, what, self.part):
            if index == self.first - 1:
                self.turn()
            self.keypoints[index] = self.look(picture, round(self.frames.size[0] / picture.shape[1]))
            if index == self.first:
                self.remember()


AnyTrack = TypeVar("AnyTrack", bound=SubjectTrack)


def follow_chosen(tracks: Sequence[AnyTrack], given: str, what: str) -> tuple[AnyTrack, str]:
    """Choose a subject, track it through the whole clip, and return its track and the reason for the choice.

    given: the reason for choosing the first track; "" to choose the subject that moves most (`choice.choose`)
    in the `LOOK_S` s after each one's first frame
    """
    fps = tracks[0].frames.fps
    if len(tracks) > 1 and not given:
        for number, track in enumerate(tracks, 1):
            track.follow(max(2, round(LOOK_S * fps)), f"{what}, candidate {number} of {len(tracks)}")
    best, why = choose(np.stack([track.keypoints for track in tracks]), fps, given)
    tracks[best].follow(len(tracks[best].order), what)
    return tracks[best], why
