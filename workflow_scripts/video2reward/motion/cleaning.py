"""Cleaning keypoints: outlier removal, gap filling, smoothing."""

from __future__ import annotations

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError

# A joint seen in a smaller fraction of frames counts as never seen.
LEAST_SEEN = 0.1
# Half width of the running median, s, and the distance from it that makes an outlier, trunk lengths; the limit for
# a glitch exceeds that of any foot at its turning point.
_MEDIAN_S, OUTLIER, GLITCH = 0.04, 0.12, 0.25


def seen_pixels(keypoints: Keypoints, min_confidence: float, least: float = LEAST_SEEN) -> np.ndarray:
    """Return positions (T, J, 2) px; NaN below the confidence, or for joints seen in too few frames."""
    points = np.array(keypoints.keypoints[..., :2], float)
    sure = (keypoints.keypoints[..., 2] >= max(min_confidence, 1e-9)) & np.isfinite(points).all(axis=-1)
    sure &= sure.mean(axis=0) >= least
    points[~sure] = np.nan
    return points


def drop_outliers(
    points: np.ndarray,
    fps: float,
    trunk: float,
    limit: float = OUTLIER,
    twins: np.ndarray | None = None,
) -> np.ndarray:
    """Return points (T, J, 2) with NaN for those far from their running median.

    trunk: the trunk's length in the unit of `points`; limit: largest distance, trunk lengths. It is doubled next to
    a gap, where all neighbours are on one side and even a steady motion is off their median.
    twins: (J,) the column of each joint's other side, or its own: points near the twin's median are kept
    """
    half = max(1, round(_MEDIAN_S * fps))
    padded = np.pad(points, ((half, half), (0, 0), (0, 0)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1, axis=0)
    with np.errstate(all="ignore"):
        median = _nanmedian(windows)
        away = np.linalg.norm(points - median, axis=-1)
        if twins is not None:
            away = np.fmin(away, np.linalg.norm(points - median[:, twins], axis=-1))
        far = away > limit * trunk * (1 + _at_edge(windows, half))
    return np.where(far[..., None], np.nan, points)


def _at_edge(windows: np.ndarray, half: int) -> np.ndarray:
    """Return where one side of the window is unseen, (T, J) bool, for windows (T, J, 2, 2 half + 1)."""
    seen = np.isfinite(windows[:, :, 0])
    return np.asarray(~seen[..., :half].any(axis=-1) | ~seen[..., half + 1 :].any(axis=-1))


def fill_gaps(points: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Interpolate unseen positions (T, J, 2) over time; ends are held constant; a joint never seen stays NaN."""
    filled = points.copy()
    for joint in range(points.shape[1]):
        seen = np.isfinite(points[:, joint, 0])
        if seen.any() and not seen.all():
            for axis in range(2):
                filled[:, joint, axis] = np.interp(times, times[seen], points[seen, joint, axis])
    return filled


def smooth(points: np.ndarray, fps: float, half_width_s: float) -> np.ndarray:
    """Smooth over time (axis 0) with local parabolas, `half_width_s` on either side (Savitzky-Golay)."""
    from scipy.signal import savgol_filter

    half = min(round(half_width_s * fps), (len(points) - 1) // 2)
    if half < 2:  # a parabola through three points changes nothing
        return points
    known = np.isfinite(points).all(axis=0)
    result = points.copy()
    result[:, known] = savgol_filter(points[:, known], 2 * half + 1, 2, axis=0)
    return result


def on_even_times(points: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, float]:
    """Resample points (T, ...) to uniform times at their mean frame rate; returns (points, fps)."""
    fps = (len(times) - 1) / (times[-1] - times[0])
    even = np.linspace(times[0], times[-1], len(times))
    if np.abs(even - times).max() < 1e-3 / fps:
        return points, float(fps)
    flat = points.reshape(len(points), -1)
    columns = [np.interp(even, times, column) for column in flat.T]
    return np.stack(columns, axis=-1).reshape(points.shape), float(fps)


def require_seen(points: np.ndarray, names: tuple[str, ...], wanted: tuple[str, ...], source: str) -> None:
    """Raise a `UserError` if none of the `wanted` joints is seen in enough frames of `points` (T, J, 2)."""
    rows = [names.index(joint) for joint in wanted]
    if not np.isfinite(points[:, rows]).any():
        raise UserError(
            f"{source}: none of {', '.join(wanted)} is seen in {LEAST_SEEN:.0%} of the frames; "
            "look at the overlay, choose another pose backend or lower pose.min_confidence"
        )


def _nanmedian(windows: np.ndarray) -> np.ndarray:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # windows in which nothing is seen
        result: np.ndarray = np.nanmedian(windows, axis=-1)
    return result
