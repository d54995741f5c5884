"""Splitting a clip into parts with one direction and a steady pace: period, speed and gait need such a part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.motion.facing import running_median
from video2reward.motion.view import View, look
from video2reward.skeletons import Skeleton

# A clip is split where the subject is out of view for longer than this, s, or moves back by this, trunk lengths.
_GAP_S, _BACK = 0.5, 1.5
# Distance from the predicted place, trunk lengths, above which it is another subject; and the prediction's error as a
# fraction of the distance moved since the subject was last seen.
_JUMP, _UNCERTAIN = 0.75, 0.5
# Minimum number of frames of a part.
_FEW = 4
# Magnitude of `facing` above which the direction is known.
_FACES = 0.3
# Range of a steady pace relative to its median; shortest change of pace and shortest part, s.
_STEADY, _BRIEF_S, _LEAST_S = (0.65, 1.5), 0.3, 0.5
# Reasons why a part ends and why the next one begins; {} is the time.
_UNSEEN = "nobody is seen after {}", "nobody is seen before {}"
_JUMPS = ("the track jumps to another place at {}",) * 2
_TURNS = ("it turns round at {}",) * 2
_SLOWS = "it rests or changes its pace from {} on", "it rests or changes its pace until {}"
# Parts of at least this fraction of the longest count as equally long.
_ALIKE = 0.85


@dataclass(frozen=True)
class SteadyPart:
    """Frames first to stop (exclusive); before, after: why it is cut there, "" at the clip's own ends."""

    first: int
    stop: int
    before: str = ""
    after: str = ""

    def split(self, places: list[tuple[int, int]], why: tuple[str, str]) -> list[SteadyPart]:
        """Return the parts between the stretches (first, stop) to leave out, possibly empty; why: after, before."""
        edges = [self.first, *(edge for place in sorted(places) for edge in place), self.stop]
        reasons = [self.before, *why * len(places), self.after]
        return [
            SteadyPart(edges[i], edges[i + 1], reasons[i], reasons[i + 1])
            for i in range(0, len(edges), 2)
            if edges[i + 1] > edges[i]
        ]


def steady_parts(
    keypoints: Keypoints, kind: Skeleton, min_confidence: float, background: np.ndarray | None, fixed: bool
) -> list[list[SteadyPart]]:
    """Return the parts in which the subject is seen, goes one way and keeps its pace, longest first.

    fixed: the camera is known to be fixed. Parts of similar length share a list; stretches in one direction that contain
    pauses or gaps come last. Without any split, the whole clip is the only part.
    """
    whole = SteadyPart(0, len(keypoints.times))
    view = look(keypoints, kind, min_confidence, background, fixed)
    if view is None:
        return [[whole]]
    spans = _where_seen(view, whole)
    ways = [way for span in spans for subject in _where_followed(view, span) for way in _ways(view, subject)]
    parts = [part for way in ways for part in _paces(view, way)]
    rest = [way for way in ways if way not in parts]
    if len(ways) == len(spans) > 1 and len({_heading(view, way) for way in ways}) == 1:
        rest.append(SteadyPart(spans[0].first, spans[-1].stop, spans[0].before, spans[-1].after))
    return [*_by_length(view, parts), *_by_length(view, rest)] or [[whole]]


def cut(keypoints: Keypoints, part: SteadyPart) -> Keypoints:
    """Return the keypoints of a part."""
    at = slice(part.first, part.stop)
    return replace(
        keypoints, keypoints=keypoints.keypoints[at], times=keypoints.times[at], boxes=keypoints.boxes[at]
    )


def say_part(part: SteadyPart, times: np.ndarray) -> list[str]:
    """Return the sentence with a part's times and the reasons for its ends; none for a whole clip. times: (T,) s."""
    ends = ((part.before, part.first), (part.after, part.stop - 1))
    reasons = [why.format(f"{times[frame]:.2f} s") for why, frame in ends if why]
    if not reasons:
        return []
    return [
        f"Only {times[part.first]:.2f} to {times[part.stop - 1]:.2f} s of the clip is described, the longest part in "
        f"which the subject goes one way at one pace: {' and '.join(reasons)}."
    ]


def _where_seen(view: View, whole: SteadyPart) -> list[SteadyPart]:
    """Split where the subject is not seen."""
    unseen = runs(~view.seen)
    ends = (0, len(view.seen))
    far = [(a, b) for a, b in unseen if a in ends or b in ends or view.times[b] - view.times[a - 1] > _GAP_S]
    return whole.split(far, _UNSEEN)


def _where_followed(view: View, part: SteadyPart) -> list[SteadyPart]:
    """Split where the track jumps to another subject."""
    rows = part.first + np.flatnonzero(view.seen[part.first : part.stop])
    if len(rows) < _FEW:
        return [part]
    step = np.diff(running_median(view.place[rows], 2), axis=0)
    passed = np.diff(view.times[rows])[:, None]
    way = running_median(step / passed, 5) * passed
    allowed = _JUMP + _UNCERTAIN * np.linalg.norm(way, axis=-1)
    far = np.flatnonzero(np.linalg.norm(step - way, axis=-1) > allowed)
    return part.split([(int(rows[i]) + 1, int(rows[i + 1])) for i in far], _JUMPS)


def _ways(whole: View, part: SteadyPart) -> list[SteadyPart]:
    """Split where the subject turns round, by its path or, if that is too slow, by its facing direction."""
    if part.stop - part.first < _FEW:
        return [part]
    view = whole.within(part.first, part.stop)
    corners = [0, *_corners(view.path), len(view.times)]
    goes = [_sign(view, a, b) for a, b in pairwise(corners)]
    turns = [(c, c) for c, a, b in zip(corners[1:-1], goes[:-1], goes[1:], strict=True) if a != b]
    faces = np.where(np.abs(view.faces) > _FACES, np.sign(view.faces), 0.0)
    known = sorted(run for sign in (-1.0, 1.0) for run in runs(faces == sign))
    for (a, b), (c, d) in pairwise(known):
        on = _sign(view, a, b) == _sign(view, c, d) != 0
        if faces[a] != faces[c] and not on:
            turns.append((b, c))
    return part.split(_merged([(part.first + a, part.first + b) for a, b in turns]), _TURNS)


def _paces(whole: View, part: SteadyPart) -> list[SteadyPart]:
    """Split where the subject is much slower or faster than usual or, if its path is too slow, where its feet rest."""
    if part.stop - part.first < _FEW:
        return []
    view = whole.within(part.first, part.stop)
    steady, speed = view.moves, np.abs(view.speed)
    usual = float(np.median(speed[steady])) if steady.any() else 0.0
    if usual > view.goes:
        steady = (speed > _STEADY[0] * usual) & (speed < _STEADY[1] * usual)
    other = [(a, b) for a, b in runs(~steady) if view.times[b - 1] - view.times[a] >= _BRIEF_S]
    found = part.split([(part.first + a, part.first + b) for a, b in other], _SLOWS)
    return [piece for piece in found if _seconds(whole, piece) >= _LEAST_S]


def _heading(view: View, part: SteadyPart) -> float:
    """Return the facing direction, else the direction of travel: 1 right, -1 left."""
    faces = float(np.median(view.faces[part.first : part.stop]))
    return float(np.sign(faces if abs(faces) > _FACES else view.x[part.stop - 1] - view.x[part.first]))


def _by_length(view: View, parts: list[SteadyPart]) -> list[list[SteadyPart]]:
    """Group parts of similar length, longest first."""
    left, groups = sorted(parts, key=lambda part: _seconds(view, part), reverse=True), []
    while left:
        least = _ALIKE * _seconds(view, left[0])
        groups.append([part for part in left if _seconds(view, part) >= least])
        left = left[len(groups[-1]) :]
    return groups


def _seconds(view: View, part: SteadyPart) -> float:
    return float(view.times[part.stop - 1] - view.times[part.first])


def _corners(x: np.ndarray) -> list[int]:
    """Return the turning points of a path (T,) that goes back by at least `_BACK`."""
    corners, extreme, ahead = [], 0, 0.0
    for i in range(1, len(x)):
        if not ahead:
            # The first direction is not known yet: either extreme so far may be a turning point.
            low, high = int(x[: i + 1].argmin()), int(x[: i + 1].argmax())
            if x[high] - x[low] >= _BACK:
                ahead, extreme = (1.0, high) if high > low else (-1.0, low)
        elif ahead * (x[i] - x[extreme]) > 0:
            extreme = i
        elif ahead * (x[extreme] - x[i]) >= _BACK:
            corners.append(extreme)
            ahead, extreme = -ahead, i
    return corners


def _sign(view: View, first: int, stop: int) -> float:
    """Return the direction of a stretch of the path while the feet move, 0 if it is too slow."""
    there = view.speed[first:stop][view.moves[first:stop]]
    usual = float(np.median(there)) if len(there) else 0.0
    return float(np.sign(usual)) if abs(usual) > view.goes else 0.0


def _merged(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return stretches (first, stop) without overlaps."""
    done: list[tuple[int, int]] = []
    for first, stop in sorted(places):
        if done and first <= done[-1][1]:
            done[-1] = (done[-1][0], max(stop, done[-1][1]))
        else:
            done.append((first, stop))
    return done


def runs(there: np.ndarray) -> list[tuple[int, int]]:
    """Return (first, stop) of each stretch of True in (T,) bool."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
