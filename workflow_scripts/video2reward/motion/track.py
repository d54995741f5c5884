"""The trunk's path through the picture, and the body relative to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.geometry import trunk_ends
from video2reward.motion.cleaning import GLITCH, drop_outliers, fill_gaps, require_seen, seen_pixels, smooth
from video2reward.motion.untangle import other_sides, untangle
from video2reward.settings.motion import MotionSettings
from video2reward.skeletons import Skeleton


@dataclass(frozen=True)
class Track:
    """Gapless keypoints, split into the trunk's path and the body relative to it, x right, y up.

    middle: (T, 2) px; body: (T, J, 2) trunk lengths; scale: (T, 1, 1) px per trunk length; seen: (T, J)
    outlier, exchanged: (T, J) bool, removed samples and joints swapped with the other side
    """

    middle: np.ndarray
    body: np.ndarray
    scale: np.ndarray
    seen: np.ndarray
    outlier: np.ndarray
    exchanged: np.ndarray


@dataclass(frozen=True)
class Drawn:
    """columns: (T, J) the detected column of each joint; hidden: (T, J) bool, detected in another joint's place."""

    columns: np.ndarray
    hidden: np.ndarray


def about_trunk(
    keypoints: Keypoints, kind: Skeleton, min_confidence: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return joints (T, J, 2) about the trunk's centre, trunk lengths; that centre (T, 2) px; trunk length (T,) px.

    x right, y up, NaN where unseen; left and right as named by the backend.
    """
    pixels = seen_pixels(keypoints, min_confidence) * [1.0, -1.0]
    front, back = _ends(fill_gaps(pixels, keypoints.times), kind)
    middle, scale = 0.5 * (front + back), _scale(front, back, keypoints.times)
    return (pixels - middle[:, None]) / scale, middle, scale[:, 0, 0]


def split(
    keypoints: Keypoints,
    kind: Skeleton,
    settings: MotionSettings,
    min_confidence: float,
    source: str,
    drawn: Drawn | None = None,
) -> Track:
    """Clean the keypoints and split them into the trunk's path and the body relative to it.

    drawn: assignment of the detected legs, if known; otherwise `untangle` finds it
    """
    names, times, fps = keypoints.joint_names, keypoints.times, keypoints.fps
    pixels = seen_pixels(keypoints, min_confidence) * [1.0, -1.0]
    for part in (kind.front, kind.back, kind.feet):
        require_seen(pixels, names, part, source)
    filled = fill_gaps(pixels, times)
    front, back = _ends(filled, kind)
    trunk = float(np.median(np.linalg.norm(front - back, axis=-1)))
    # `untangle` extrapolates the feet's paths, so single-frame glitches would mislead it.
    calm = fill_gaps(drop_outliers(pixels, fps, trunk, GLITCH, other_sides(kind)), times)
    if drawn is None:
        columns = untangle(calm - 0.5 * (front + back)[:, None], trunk, kind)
        drawn = Drawn(columns, np.zeros(columns.shape, bool))
    pixels = np.take_along_axis(pixels, drawn.columns[..., None], axis=1)
    pixels[drawn.hidden] = np.nan
    named = np.isfinite(pixels).all(axis=-1)
    pixels = drop_outliers(pixels, fps, trunk)
    filled = fill_gaps(pixels, times)
    front, back = _ends(filled, kind)
    middle = 0.5 * (front + back)
    scale = _scale(front, back, times)
    relative = fill_gaps(pixels - middle[:, None], times) / scale
    return Track(
        middle=smooth(middle, fps, settings.smoothing_s),
        body=smooth(relative, fps, settings.smoothing_s),
        scale=scale,
        seen=np.isfinite(pixels).all(axis=-1),
        outlier=named & ~np.isfinite(pixels).all(axis=-1),
        exchanged=drawn.columns != np.arange(drawn.columns.shape[1]),
    )


def ground_path(track: Track, background: np.ndarray | None) -> np.ndarray:
    """Return the trunk's path over the ground, without camera motion, (T, 2) trunk lengths from its start."""
    shift = 0.0 if background is None else background * [1.0, -1.0]
    path = (track.middle - shift) / track.scale.mean()
    moved: np.ndarray = path - path[0]
    return moved


def trunk_seen(track: Track, kind: Skeleton) -> np.ndarray:
    """Return where both ends of the trunk were seen, (T,) bool."""
    front, back = (track.seen[:, [kind.index(j) for j in end]].any(axis=1) for end in (kind.front, kind.back))
    return np.asarray(front & back)


def _scale(front: np.ndarray, back: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return the trunk's length (T, 1, 1), px, fitted by a parabola.

    It follows a subject that comes nearer or turns a little, but not the stride.
    """
    clock = (times - times[0]) / (times[-1] - times[0]) - 0.5
    length = np.linalg.norm(front - back, axis=-1)
    return np.asarray(np.polyval(np.polyfit(clock, length, 2), clock)[:, None, None])


def _ends(points: np.ndarray, kind: Skeleton) -> tuple[np.ndarray, np.ndarray]:
    """Return the trunk's ends from those of its joints that are ever seen."""
    names = [
        name for name, known in zip(kind.joints, np.isfinite(points).all(axis=(0, 2)), strict=True) if known
    ]
    return trunk_ends(points[:, [kind.index(name) for name in names]], names, kind)
