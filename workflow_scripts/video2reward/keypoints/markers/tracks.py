"""One marker over time: which of a picture's candidates it is, frame by frame, or none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# A marker may be hidden this long and still be the same track; after it a track starts anew.
MEMORY_S = 0.3
# What starting a track costs, in units of a perfect candidate's quality: a shorter one is not believed.
_NEW_TRACK = 2.0
# What a second without a sighting costs within a track.
_UNSEEN = 8.0


@dataclass(frozen=True)
class Sighting:
    """A possible sighting: position (2,) px, quality 0..1 (the higher the likelier), in frame `frame`."""

    frame: int
    position: np.ndarray
    quality: float


def best_track(candidates: list[Sighting], times: np.ndarray, reach: float) -> list[int]:
    """Return the indices of the candidates, at most one a frame, whose qualities less jumps are highest.

    candidates: in order of frames; times: (T,) s
    reach: px/s, the speed of a marker at which a move costs half a perfect candidate's quality
    Dynamic programming; a candidate may follow any of the last `MEMORY_S`, or start anew at a price.
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
