"""What tells the parts of a clip: where the subject is, which way it faces, how much its feet move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.motion.cleaning import fill_gaps, seen_pixels
from video2reward.motion.facing import facing, mean_of_seen, running_median
from video2reward.skeletons import Skeleton

# The path says where the subject goes if that is faster than this part of its feet's movement about the trunk, the
# second figure where a panning camera may be behind it: as a treadmill and a pan that lags a little are not.
_GOES, _GOES_UNSURE = 0.25, 0.5
# Feet that move less than this part of their 75th percentile rest.
_RESTS = 0.35
# Half the window of speeds, of the feet and of the trunk, and of the median over the feet's, s.
_FEET_S, _TRUNK_S, _MEDIAN_S = 0.1, 0.3, 0.15


@dataclass(frozen=True)
class View:
    """What is seen of a subject, frame by frame, or of a part of that; lengths in trunk lengths.

    seen: (T,) the trunk; place: (T, 2) in the picture and x: (T,) over the ground, NaN where it is not seen
    faces: (T,) -1 to the left of the picture, 1 to its right; activity: (T,) of the feet about the trunk, 1/s
    goes: how fast, as a part of the activity, a path has to be to say anything
    """

    times: np.ndarray
    seen: np.ndarray
    place: np.ndarray
    x: np.ndarray
    faces: np.ndarray
    activity: np.ndarray
    goes: float

    def within(self, first: int, stop: int) -> View:
        """Return a part of it."""
        arrays = {name: value[first:stop] for name, value in vars(self).items() if name != "goes"}
        return View(**arrays, goes=self.goes)

    @property
    def typical(self) -> float:
        """How fast the feet usually move about the trunk, 1/s."""
        return max(float(np.percentile(self.activity, 75)), 1e-9)

    @property
    def path(self) -> np.ndarray:
        """Where it is over the ground, (T,), also in frames in which it is not seen."""
        return np.interp(self.times, self.times[self.seen], self.x[self.seen])

    @property
    def speed(self) -> np.ndarray:
        """Its speed over the ground to the right of the picture, (T,), as a part of the feet's."""
        return velocity(self.path, self.times, _TRUNK_S) / self.typical

    @property
    def moves(self) -> np.ndarray:
        """Whether its feet move, (T,)."""
        return np.asarray(self.activity > _RESTS * self.typical)


def look(
    keypoints: Keypoints, kind: Skeleton, min_confidence: float, background: np.ndarray | None, fixed: bool
) -> View | None:
    """Return what is seen of the subject; None if its trunk or its feet hardly ever are.

    background: (T, 2) px, its displacement; fixed: the camera is known to stand still
    """
    pixels, times = seen_pixels(keypoints, min_confidence, 0.0), keypoints.times
    front, back = (
        mean_of_seen(pixels[:, [kind.index(j) for j in end]], axis=1) for end in (kind.front, kind.back)
    )
    seen = np.isfinite(front).all(axis=-1) & np.isfinite(back).all(axis=-1)
    feet = [row for row in (kind.index(foot) for foot in kind.feet) if np.isfinite(pixels[:, row]).any()]
    if seen.sum() < 4 or not feet:
        return None
    trunk = float(np.median(np.linalg.norm(front - back, axis=-1)[seen]))
    middle = 0.5 * (front + back)
    shift = np.zeros(len(times)) if background is None else background[:, 0]
    half = max(1, round(_MEDIAN_S * keypoints.fps))
    return View(
        times=times,
        seen=seen,
        place=middle / trunk,
        x=(middle[:, 0] - shift) / trunk,
        faces=facing(pixels, times, trunk, kind),
        activity=running_median(_activity((pixels[:, feet] - middle[:, None]) / trunk, times), half),
        goes=_GOES_UNSURE if background is None and not fixed else _GOES,
    )


def velocity(values: np.ndarray, times: np.ndarray, half_s: float) -> np.ndarray:
    """Return the mean velocity of values (T, ...) within `half_s` on either side, less at the ends."""
    early, late = (np.clip(times + side * half_s, times[0], times[-1]) for side in (-1, 1))
    flat = values.reshape(len(values), -1)
    moved = np.stack([np.interp(late, times, way) - np.interp(early, times, way) for way in flat.T], axis=-1)
    return np.asarray((moved / (late - early)[:, None]).reshape(values.shape))


def _activity(feet: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return the speed of the feet (T, F, 2) that are seen, (T,), the median of all where none is."""
    speeds = np.linalg.norm(velocity(fill_gaps(feet, times), times, _FEET_S), axis=-1)
    mean = mean_of_seen(np.where(np.isfinite(feet[..., 0]), speeds, np.nan))
    return np.where(np.isfinite(mean), mean, np.nanmedian(mean))
