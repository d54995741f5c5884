"""Swapping back left and right legs that the pose backend confused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from video2reward.geometry import sample_cycle
from video2reward.motion.cycle import fit_cycle
from video2reward.motion.track import Track
from video2reward.motion.untangle import limb_pairs
from video2reward.skeletons import Skeleton

# Legs are swapped back in a frame if they are further than _FAR from their mean cycle, trunk lengths, and the
# swapped legs are nearer than _BETTER times that distance.
_FAR, _BETTER = 0.12, 0.5
_POINTS = 128


def unswap(track: Track, phase: np.ndarray, kind: Skeleton) -> tuple[Track, np.ndarray]:
    """Swap left and right where that fits the mean cycle far better; returns (track, (T,) bool of changed frames).

    Fore and hind legs are judged separately, by knees and feet; hips are too close together.
    """
    body, seen, renamed = track.body.copy(), track.seen.copy(), track.exchanged.copy()
    cycle = fit_cycle(np.where(track.seen[..., None], track.body, np.nan), phase, _POINTS)
    mean, changed = sample_cycle(cycle, phase), np.zeros(len(phase), bool)
    for left, right in limb_pairs(kind):
        own = [kind.index(joint) for limb in (left, right) for joint in (limb.knee, limb.foot)]
        other = [kind.index(joint) for limb in (right, left) for joint in (limb.knee, limb.foot)]
        as_named = _distance(body[:, own], mean[:, own])
        exchanged = _distance(body[:, other], mean[:, own])
        wrong = np.flatnonzero((as_named > _FAR) & (exchanged < _BETTER * as_named))
        body[wrong[:, None], own] = body[wrong[:, None], other]
        seen[wrong[:, None], own] = seen[wrong[:, None], other]
        renamed[wrong[:, None], own] = ~renamed[wrong[:, None], own]
        changed[wrong] = True
    return replace(track, body=body, seen=seen, exchanged=renamed), changed


def _distance(points: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Return the mean distance (T,) over joints (T, J, 2), 0 where a joint is unknown."""
    distance = np.linalg.norm(points - mean, axis=-1).mean(axis=-1)
    return np.where(np.isfinite(distance), distance, 0.0)
