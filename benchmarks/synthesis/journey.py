"""Subjects that do not keep one direction and pace: they turn round, stop, start, swap or leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from synthesis.cases import SUBJECTS, Condition, film
from synthesis.gaits import Gait
from video2reward.artifacts.keypoints import Keypoints
from video2reward.skeletons import skeleton

# Changes of pace and of heading take this long, s.
_CHANGE_S = 0.5


@dataclass(frozen=True)
class Leg:
    """A part of a journey.

    pace: tempo of the gait, 0 to stand; heading: degrees about the vertical, 0 to the right of the picture, 180 to its left
    """

    seconds: float
    pace: float = 1.0
    heading: float = 0.0


def make_journey(
    species: str, gait: Gait, legs: Sequence[Leg], condition: Condition, seed: int = 0
) -> tuple[Keypoints, np.ndarray | None]:
    """Film `species` on its way -> keypoints and the background's shift, (T, 2) px or None.

    It stands as it stood in its stride. Where one leg follows another, pace and heading change evenly within half a second.
    """
    subject, ends = SUBJECTS[species], np.cumsum([leg.seconds for leg in legs])
    times = np.arange(round(ends[-1] * condition.fps)) / condition.fps
    pace, heading = (_eased(times, ends, [getattr(leg, of) for leg in legs]) for of in ("pace", "heading"))
    clock = 0.37 * gait.period_s + _integral(pace, times)
    figure = subject.move(gait, clock)
    points = np.stack([figure.points[at] for at in figure.keypoints.values()], axis=1)
    points[..., 0] -= (gait.speed * clock + subject.middle)[:, None]
    cos, sin = np.cos(np.radians(heading))[:, None], np.sin(np.radians(heading))[:, None]
    way = _integral(gait.speed * pace * cos[:, 0], times)
    turned = np.stack(
        [
            points[..., 0] * cos - points[..., 1] * sin + (way - 0.5 * (way.min() + way.max()))[:, None],
            points[..., 0] * sin + points[..., 1] * cos,
            points[..., 2],
        ],
        axis=-1,
    )
    return film(turned, times, condition, skeleton(subject.skeleton), np.random.default_rng(seed))


def on_treadmill(keypoints: Keypoints) -> Keypoints:
    """Take the steady part of a subject's way through the picture out, as on a treadmill."""
    points, frames = keypoints.keypoints.copy(), np.arange(len(keypoints.times))
    middle = np.nanmean(points[..., 0], axis=1)
    points[..., 0] += (0.5 * keypoints.size[0] - np.polyval(np.polyfit(frames, middle, 1), frames))[:, None]
    boxes = keypoints.boxes + (points - keypoints.keypoints)[:, :1, 0] * [1.0, 0.0, 1.0, 0.0]
    return replace(keypoints, keypoints=points, boxes=boxes)


def unseen(keypoints: Keypoints, frames: slice) -> Keypoints:
    """Let nobody be seen for some frames."""
    points, boxes = keypoints.keypoints.copy(), keypoints.boxes.copy()
    points[frames], boxes[frames] = [np.nan, np.nan, 0.0], np.nan
    return replace(keypoints, keypoints=points, boxes=boxes)


def mirrored(keypoints: Keypoints) -> Keypoints:
    """Turn the picture round, left to right; the subject's left stays its left."""
    points, boxes, width = keypoints.keypoints.copy(), keypoints.boxes.copy(), keypoints.size[0] - 1
    points[..., 0] = width - points[..., 0]
    boxes[:, [0, 2]] = width - boxes[:, [2, 0]]
    return replace(keypoints, keypoints=points, boxes=boxes)


def followed_by(first: Keypoints, second: Keypoints) -> Keypoints:
    """Put two clips of one skeleton and frame rate one after the other, as a track that jumps between subjects does."""
    return replace(
        first,
        times=np.arange(len(first.times) + len(second.times)) / first.fps,
        keypoints=np.concatenate([first.keypoints, second.keypoints]),
        boxes=np.concatenate([first.boxes, second.boxes]),
    )


def _eased(times: np.ndarray, ends: np.ndarray, values: list[float]) -> np.ndarray:
    """Return a step function (T,) whose steps are ramps."""
    knots, at = [float(times[0])], [values[0]]
    for end, before, after in zip(ends[:-1], values[:-1], values[1:], strict=True):
        knots += [end - 0.5 * _CHANGE_S, end + 0.5 * _CHANGE_S]
        at += [before, after]
    return np.interp(times, knots, at)


def _integral(rate: np.ndarray, times: np.ndarray) -> np.ndarray:
    steps = 0.5 * (rate[1:] + rate[:-1]) * np.diff(times)
    return np.concatenate([[0.0], np.cumsum(steps)])
