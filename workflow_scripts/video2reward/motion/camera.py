"""Camera motion, measured as the background's displacement."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.background.displacement import WIDTH, Background, Feet, follow_background
from video2reward.skeletons import skeleton

# Interval between compared frames, s: short, so that points move little even in a fast pan. Span that a point is
# tracked through, s: long enough to tell a slow pan from a caption.
_EVERY_S, _SPAN_S = 1 / 30, 0.25
# The camera moves if the background drifts by more than this fraction of the picture's width. The drift is a cubic
# fit to the displacement, so that a shaking hand does not count.
MOVING, _SLOW = 0.04, 3
# A foot below this fraction of its swing speed is in stance.
_STANDS = 0.25


def wander(shift: np.ndarray, width: float) -> float:
    """Return the drift of a background displacement (T, 2) px, fraction of the picture's width."""
    clock = np.linspace(-1.0, 1.0, len(shift))
    slow = np.polynomial.polynomial.polyfit(clock, shift, min(_SLOW, len(shift) - 1))
    path = np.polynomial.polynomial.polyval(clock, slow)
    return float(np.ptp(path, axis=1).max()) / width


def follow_camera(frames: Frames, keypoints: Keypoints) -> Background | None:
    """Return the background's displacement since the first frame, (T, 2) px, x right, y down, and its confidence.

    It also uses the subject's feet in stance. None if the background has too few features, as behind drawn stick
    figures, or if the pictures are missing.
    """
    step = max(1, round(_EVERY_S * frames.fps))
    indices = np.unique(np.append(np.arange(0, len(frames.times), step), len(frames.times) - 1))
    scale = min(1.0, WIDTH / frames.size[0])
    feet = _feet(keypoints, indices, scale)
    span = max(1, round(_SPAN_S * frames.fps / step))
    try:
        found = follow_background(
            _pictures(frames, indices, scale), scale * keypoints.boxes[indices], span, feet
        )
    except FileNotFoundError:
        return None
    if found is None:
        return None
    every = np.arange(len(frames.times))
    shift = np.stack([np.interp(every, indices, axis) for axis in found.shift.T], axis=-1) / scale
    return Background(shift, found.sure)


def _pictures(frames: Frames, indices: np.ndarray, scale: float) -> Iterator[np.ndarray]:
    import cv2

    for index in indices:
        path = frames.picture(int(index))
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if picture is None:
            raise FileNotFoundError(path)
        if scale < 1:
            picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        yield np.asarray(picture)


def _feet(keypoints: Keypoints, indices: np.ndarray, scale: float) -> Feet | None:
    """Return the subject's feet in the given frames; None if they are rarely seen."""
    kind = skeleton(keypoints.skeleton)
    at = np.where(keypoints.keypoints[..., 2:] > 0, keypoints.keypoints[..., :2], np.nan)[indices] * scale
    feet = at[:, [kind.index(foot) for foot in kind.feet]]
    roots = at[:, [kind.index(limb.hip) for limb in kind.limbs]]
    known = np.isfinite(roots).all(-1).any(1)
    if known.mean() < 0.5:
        return None
    middle = np.full((len(at), 2), np.nan)
    middle[known] = np.nanmean(roots[known], axis=1)
    swing = np.linalg.norm(np.diff(feet - middle[:, None], axis=0), axis=-1)
    if np.isfinite(swing).sum() < 2 * len(kind.feet):
        return None
    return Feet(feet, _STANDS * float(np.nanpercentile(swing, 90)))
