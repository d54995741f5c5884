"""Signals for splitting a clip: the subject's place, facing direction and foot activity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.motion.cleaning import fill_gaps, seen_pixels
from video2reward.motion.facing import facing, mean_of_seen, running_median
from video2reward.skeletons import Skeleton

# Minimum speed of the path, as a fraction of the feet's speed about the trunk, for it to give the direction of travel;
# the second value applies if the camera may pan. This excludes treadmills and a pan that lags slightly.
_GOES, _GOES_UNSURE = 0.25, 0.5
# Feet rest below this fraction of the 75th percentile of their activity.
_RESTS = 0.35
# Half windows, s: of the feet's speed, of the trunk's speed, and of the median over the feet's.
_FEET_S, _TRUNK_S, _MEDIAN_S = 0.1, 0.3, 0.15


@dataclass(frozen=True)
class View:
    """Signals of a subject in each frame; lengths in trunk lengths.

    seen: (T,) of the trunk; place: (T, 2) in the picture and x: (T,) over the ground, NaN where unseen
    faces: (T,) -1 left to 1 right in the picture; activity: (T,) speed of the feet about the trunk, 1/s
    goes: minimum speed of the path, fraction of the activity, for it to give a direction
    """

    times: np.ndarray
    seen: np.ndarray
    place: np.ndarray
    x: np.ndarray
    faces: np.ndarray
    activity: np.ndarray
    goes: float

    def within(self, first: int, stop: int) -> View:
        """Return the frames first to stop (exclusive)."""
        arrays = {name: value[first:stop] for name, value in vars(self).items() if name != "goes"}
        return View(**arrays, goes=self.goes)

    @property
    def typical(self) -> float:
        """The typical speed of the feet about the trunk, 1/s."""
        return max(float(np.percentile(self.activity, 75)), 1e-9)

    @property
    def path(self) -> np.ndarray:
        """Its place over the ground, (T,), interpolated where unseen."""
        return np.interp(self.times, self.times[self.seen], self.x[self.seen])

    @property
    def speed(self) -> np.ndarray:
        """Its speed over the ground to the right, (T,), as a fraction of the feet's."""
        return velocity(self.path, self.times, _TRUNK_S) / self.typical

    @property
    def moves(self) -> np.ndarray:
        """Whether its feet move, (T,)."""
        return np.asarray(self.activity > _RESTS * self.typical)


def look(
    keypoints: Keypoints, kind: Skeleton, min_confidence: float, background: np.ndarray | None, fixed: bool
) -> View | None:
    """Return the subject's signals; None if trunk or feet are rarely seen.

    background: its displacement, (T, 2) px; fixed: the camera is known to be fixed
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
    """Return the mean velocity of values (T, ...) over `half_s` on either side, less at the ends."""
    early, late = (np.clip(times + side * half_s, times[0], times[-1]) for side in (-1, 1))
    flat = values.reshape(len(values), -1)
    moved = np.stack([np.interp(late, times, way) - np.interp(early, times, way) for way in flat.T], axis=-1)
    return np.asarray((moved / (late - early)[:, None]).reshape(values.shape))


def _activity(feet: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return the mean speed (T,) of the visible feet of (T, F, 2); the overall median where none is visible."""
    speeds = np.linalg.norm(velocity(fill_gaps(feet, times), times, _FEET_S), axis=-1)
    mean = mean_of_seen(np.where(np.isfinite(feet[..., 0]), speeds, np.nan))
    return np.where(np.isfinite(mean), mean, np.nanmedian(mean))
