"""Tracking one marker: which candidate it is in each frame, if any."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Longest occlusion that a track survives.
MEMORY_S = 0.3
# Cost of starting a track, in units of a perfect candidate's quality; suppresses very short tracks.
_NEW_TRACK = 2.0
# Cost of a second without a sighting within a track.
_UNSEEN = 8.0


@dataclass(frozen=True)
class Sighting:
    """A candidate in frame `frame`: position (2,) px, quality 0..1 (higher is likelier)."""

    frame: int
    position: np.ndarray
    quality: float


def best_track(candidates: list[Sighting], times: np.ndarray, reach: float) -> list[int]:
    """Return the best track: indices of candidates, at most one per frame, by total quality less jump costs.

    Dynamic programming: a candidate continues any of the last `MEMORY_S`, or starts a new track at a cost.

    candidates: in frame order; times: (T,) s
    reach: px/s, the speed at which a move costs half a perfect candidate's quality
    """
    frame_s = float(np.median(np.diff(times)))
    price = min(_NEW_TRACK, 0.2 * len(times))
    score = np.zeros(len(candidates))
    before = np.full(len(candidates), -1)
    at = np.array([c.position for c in candidates]).reshape(-1, 2)
    when = times[[c.frame for c in candidates]]
    for i, candidate in enumerate(candidates):
        first = int(np.searchsorted(when, when[i] - MEMORY_S))
        last = int(np.searchsorted(when, when[i]))
        start = -price
        if last:
            leader = int(np.argmax(score[:last]))
            if score[leader] > 0.0:
                start, before[i] = score[leader] - price, leader
        if last > first:
            gap = when[i] - when[first:last]
            speed = np.linalg.norm(at[first:last] - at[i], axis=-1) / gap
            kept = score[first:last] - 0.5 * (speed / reach) ** 2 - _UNSEEN * np.maximum(gap - frame_s, 0.0)
            follow = int(np.argmax(kept))
            if kept[follow] > start:
                start, before[i] = float(kept[follow]), first + follow
        score[i] = candidate.quality + start
    track: list[int] = []
    i = int(np.argmax(score)) if len(candidates) and score.max() > 0.0 else -1
    while i >= 0:
        track.append(i)
        i = int(before[i])
    return track[::-1]
