"""Whether a clip shows one motion although a period was found in it.

The crouch before a jump and the landing after it are alike, and look like two strides.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from video2reward.errors import UserError
from video2reward.motion.single import Movement, active_part
from video2reward.motion.track import Track, ground_path


class Stretch:
    """A stretch's track and the movement in it, found when they are asked for."""

    def __init__(self, find: Callable[[], Track], background: np.ndarray | None, fps: float) -> None:
        """Take what finds the track; background: (T, 2) px, its displacement; fps: of the stretch."""
        self._find, self._background, self.fps = find, background, fps

    @cached_property
    def track(self) -> Track:
        """Its track."""
        return self._find()

    @cached_property
    def active(self) -> Movement | None:
        """The movement in it."""
        places = self.track.body + ground_path(self.track, self._background)[:, None]
        return active_part(places, self.fps)


def is_once(steady: Stretch, whole: Stretch, period_s: float) -> bool:
    """Return whether the clip shows one motion although a period was found, in its steady part or, if short, as a whole."""
    if _less_than_twice(steady.active, steady.fps, period_s):
        return True
    if len(steady.track.middle) / steady.fps >= 2 * period_s:
        return False
    try:
        return _less_than_twice(whole.active, whole.fps, period_s)
    except UserError:  # nobody is seen in most of the clip
        return False


def _less_than_twice(part: Movement | None, fps: float, period_s: float) -> bool:
    """Return whether a movement that rests before or after is shorter than two periods."""
    return part is not None and part.rests and (part.last - part.first) / fps < 2 * period_s
