"""The parts of a clip in which its subject goes one way at a steady pace: a period, a speed and a gait have no meaning beyond one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.motion.cleaning import fill_gaps, seen_pixels
from video2reward.motion.facing import facing, mean_of_seen, running_median
from video2reward.skeletons import Skeleton

# Nobody in view for longer splits a clip, and so does a way back of this length, s and trunk lengths.
_GAP_S, _BACK = 0.5, 1.5
# Another place than the one expected from the frames around, trunk lengths: another subject; and by what the
# expectation may be wrong, as a part of the way since the subject was last seen.
_JUMP, _UNCERTAIN = 0.75, 0.5
# The path says where the subject goes if that is faster than this part of its feet's movement about the trunk, the
# second figure where a panning camera may be behind it: as a treadmill and a pan that lags a little are not.
_GOES, _GOES_UNSURE = 0.25, 0.5
# A subject faces left or right from this size of `facing` on.
_FACES = 0.3
# Feet that move less than this part of their 75th percentile rest; a pace is steady between these parts of its median.
_RESTS, _STEADY = 0.35, (0.65, 1.5)
# Half the window of speeds, of the feet and of the trunk; what is shorter is no rest or change of pace, and no part, s.
_FEET_S, _TRUNK_S, _BRIEF_S, _LEAST_S = 0.1, 0.3, 0.3, 0.5
# Why a part ends where another piece follows, and why it begins there; {} stands for the time.
_UNSEEN = "nobody is seen after {}", "nobody is seen before {}"
_JUMPS = ("the track jumps to another place at {}",) * 2
_TURNS = ("it turns round at {}",) * 2
_SLOWS = "it rests or changes its pace from {} on", "it rests or changes its pace until {}"
# Parts of at least this part of the longest are as good as it.
_ALIKE = 0.85


@dataclass(frozen=True)
class Part:
    """Frames first to stop (excluded); before, after: why no more belongs to it, "" at the clip's own ends."""

    first: int
    stop: int
    before: str = ""
    after: str = ""

    def split(self, places: list[tuple[int, int]], why: tuple[str, str]) -> list[Part]:
        """Return the parts between stretches (first, stop) that are left out, which may be empty; why: after, before."""
        edges = [self.first, *(edge for place in sorted(places) for edge in place), self.stop]
        reasons = [self.before, *why * len(places), self.after]
        return [
            Part(edges[i], edges[i + 1], reasons[i], reasons[i + 1])
            for i in range(0, len(edges), 2)
            if edges[i + 1] > edges[i]
        ]


@dataclass(frozen=True)
class _View:
    """What tells parts. x: (T,) over the ground, place: (T, 2) in the picture, trunk lengths; NaN where not seen.

    faces: (T,) -1..1; activity: (T,) of the feet about the trunk, trunk lengths/s; goes: see `_GOES`
    """

    times: np.ndarray
    seen: np.ndarray
    place: np.ndarray
    x: np.ndarray
    faces: np.ndarray
    activity: np.ndarray
    goes: float

    def seconds(self, part: Part) -> float:
        """Return how long a part lasts."""
        return float(self.times[part.stop - 1] - self.times[part.first])


def steady_parts(
    keypoints: Keypoints, kind: Skeleton, min_confidence: float, background: np.ndarray | None, fixed: bool
) -> list[list[Part]]:
    """Return parts in which the subject is seen, goes one way and keeps its pace: the longest first.

    fixed: the camera is known to stand still. Those alike in length are in one list; the whole stretches that go one
    way, pauses included, come last. The whole clip is the only part where nothing ends it before.
    """
    whole = Part(0, len(keypoints.times))
    view = _look(keypoints, kind, min_confidence, background, fixed)
    if view is None:
        return [[whole]]
    ways = [
        way
        for there in _where_seen(view, whole)
        for subject in _where_followed(view, there)
        for way in _ways(view, subject)
    ]
    parts = [part for way in ways for part in _paces(view, way)]
    rest = [way for way in ways if way not in parts]
    grouped = [*_by_length(view, parts), *_by_length(view, rest)]
    return grouped or [[whole]]


def cut(keypoints: Keypoints, part: Part) -> Keypoints:
    """Return the keypoints of a part."""
    at = slice(part.first, part.stop)
    return replace(
        keypoints, keypoints=keypoints.keypoints[at], times=keypoints.times[at], boxes=keypoints.boxes[at]
    )


def say_part(part: Part, times: np.ndarray) -> list[str]:
    """Return the sentence that names a part and why it is no longer; none for a whole clip. times: (T,) s, of the clip."""
    ends = ((part.before, part.first), (part.after, part.stop - 1))
    reasons = [why.format(f"{times[frame]:.2f} s") for why, frame in ends if why]
    if not reasons:
        return []
    return [
        f"Only {times[part.first]:.2f} to {times[part.stop - 1]:.2f} s of the clip is described, where the subject goes "
        f"one way at one pace: {' and '.join(reasons)}."
    ]


def _look(
    keypoints: Keypoints, kind: Skeleton, min_confidence: float, background: np.ndarray | None, fixed: bool
) -> _View | None:
    """Return what tells parts; None if the trunk or the feet are hardly ever seen."""
    pixels, times = seen_pixels(keypoints, min_confidence), keypoints.times
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
    about = fill_gaps(pixels[:, feet] - middle[:, None], times) / trunk
    activity = np.linalg.norm(_velocity(about, times, _FEET_S), axis=-1).mean(axis=-1)
    half = max(1, round(0.5 * _BRIEF_S * keypoints.fps))
    return _View(
        times=times,
        seen=seen,
        place=middle / trunk,
        x=(middle[:, 0] - shift) / trunk,
        faces=facing(pixels, times, trunk, kind),
        activity=running_median(activity, half),
        goes=_GOES_UNSURE if background is None and not fixed else _GOES,
    )


def _where_seen(view: _View, whole: Part) -> list[Part]:
    """Split where nobody is seen."""
    unseen = runs(~view.seen)
    ends = (0, len(view.seen))
    far = [(a, b) for a, b in unseen if a in ends or b in ends or view.times[b] - view.times[a - 1] > _GAP_S]
    return whole.split(far, _UNSEEN)


def _where_followed(view: _View, part: Part) -> list[Part]:
    """Split where the track jumps to another subject."""
    rows = part.first + np.flatnonzero(view.seen[part.first : part.stop])
    if len(rows) < 4:
        return [part]
    step = np.diff(running_median(view.place[rows], 2), axis=0)
    passed = np.diff(view.times[rows])[:, None]
    way = running_median(step / passed, 5) * passed
    allowed = _JUMP + _UNCERTAIN * np.linalg.norm(way, axis=-1)
    far = np.flatnonzero(np.linalg.norm(step - way, axis=-1) > allowed)
    return part.split([(int(rows[i]) + 1, int(rows[i + 1])) for i in far], _JUMPS)


def _ways(view: _View, part: Part) -> list[Part]:
    """Split where the subject turns round: on its path, or where that says nothing by the way it faces."""
    at = slice(part.first, part.stop)
    if part.stop - part.first < 4:
        return [part]
    x, typical = _filled(view, part), _typical(view, part)
    speed = _velocity(x, view.times[at], _TRUNK_S) / typical
    moves = view.activity[at] > _RESTS * typical
    corners = [0, *_corners(x), len(x)]
    goes = [_sign(speed, moves, slice(a, b), view.goes) for a, b in pairwise(corners)]
    turns = [(c, c) for c, a, b in zip(corners[1:-1], goes, goes[1:], strict=False) if a != b]
    faces = np.where(np.abs(view.faces[at]) > _FACES, np.sign(view.faces[at]), 0.0)
    known = [(a, b) for sign in (-1.0, 1.0) for a, b in runs(faces == sign)]
    for (a, b), (c, d) in pairwise(sorted(known)):
        before, after = (_sign(speed, moves, slice(*ends), view.goes) for ends in ((a, b), (c, d)))
        if faces[a] != faces[c] and not before == after != 0:
            turns.append((b, c))
    return part.split(_merged([(part.first + a, part.first + b) for a, b in turns]), _TURNS)


def _paces(view: _View, part: Part) -> list[Part]:
    """Split where the subject is much slower or faster than mostly, or where its path says nothing, its feet rest."""
    at = slice(part.first, part.stop)
    if part.stop - part.first < 4:
        return []
    typical, times = _typical(view, part), view.times[at]
    steady = view.activity[at] > _RESTS * typical
    speed = np.abs(_velocity(_filled(view, part), times, _TRUNK_S))
    usual = float(np.median(speed[steady])) if steady.any() else 0.0
    if usual > view.goes * typical:
        steady = (speed > _STEADY[0] * usual) & (speed < _STEADY[1] * usual)
    brief = [(a, b) for a, b in runs(~steady) if times[b - 1] - times[a] < _BRIEF_S]
    for a, b in brief:
        steady[a:b] = True
    other = [(part.first + a, part.first + b) for a, b in runs(~steady)]
    found = part.split(other, _SLOWS)
    return [piece for piece in found if view.seconds(piece) >= _LEAST_S]


def _by_length(view: _View, parts: list[Part]) -> list[list[Part]]:
    """Group parts that are alike in length, the longest first."""
    left, groups = sorted(parts, key=view.seconds, reverse=True), []
    while left:
        least = _ALIKE * view.seconds(left[0])
        groups.append([part for part in left if view.seconds(part) >= least])
        left = left[len(groups[-1]) :]
    return groups


def runs(there: np.ndarray) -> list[tuple[int, int]]:
    """Return (first, stop) of each stretch of True in (T,) bool."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _corners(x: np.ndarray) -> list[int]:
    """Return where a path (T,) turns back for at least `_BACK`, at its outermost places."""
    corners, extreme, ahead = [], 0, 0.0
    for i in range(1, len(x)):
        if not ahead:
            # Not known yet which way it goes first: both outermost places so far may be a corner.
            low, high = int(x[: i + 1].argmin()), int(x[: i + 1].argmax())
            if x[high] - x[low] >= _BACK:
                ahead, extreme = (1.0, high) if high > low else (-1.0, low)
        elif ahead * (x[i] - x[extreme]) > 0:
            extreme = i
        elif ahead * (x[extreme] - x[i]) >= _BACK:
            corners.append(extreme)
            ahead, extreme = -ahead, i
    return corners


def _sign(speed: np.ndarray, moves: np.ndarray, at: slice, least: float) -> float:
    """Return which way a stretch of the path goes, 0 if that says nothing; speed: (T,), parts of the feet's."""
    there = speed[at][moves[at]]
    usual = float(np.median(there)) if len(there) else 0.0
    return float(np.sign(usual)) if abs(usual) > least else 0.0


def _merged(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return stretches (first, stop) without overlaps."""
    done: list[tuple[int, int]] = []
    for first, stop in sorted(places):
        if done and first <= done[-1][1]:
            first, stop = done[-1][0], max(stop, done.pop()[1])
        done.append((first, stop))
    return done


def _typical(view: _View, part: Part) -> float:
    """Return how fast the feet usually move about the trunk."""
    return max(float(np.percentile(view.activity[part.first : part.stop], 75)), 1e-9)


def _filled(view: _View, part: Part) -> np.ndarray:
    """Return the path of a part without gaps."""
    at, seen = slice(part.first, part.stop), view.seen[part.first : part.stop]
    return np.interp(view.times[at], view.times[at][seen], view.x[at][seen])


def _velocity(values: np.ndarray, times: np.ndarray, half_s: float) -> np.ndarray:
    """Return the mean velocity of values (T, ...) within `half_s` on either side, less at the ends."""
    early, late = (np.clip(times + side * half_s, times[0], times[-1]) for side in (-1, 1))
    flat = values.reshape(len(values), -1)
    moved = np.stack([np.interp(late, times, way) - np.interp(early, times, way) for way in flat.T], axis=-1)
    return np.asarray((moved / (late - early)[:, None]).reshape(values.shape))
