"""Repairs between the pose backend's keypoints and the motion, counted per joint."""

from __future__ import annotations

import numpy as np

from video2reward.geometry import sample_cycle
from video2reward.motion.track import Track

# Fraction of a joint's frames above which a repair causes a warning.
_MUCH, _EXCHANGED = 0.5, 0.3
_LOOK = "look at overlay.mp4, choose another pose backend or trim the clip"
_SIDES = (
    "left and right are then a guess, made separately for fore and hind legs: a trot may look like a pace"
)
KINDS = ("unseen", "outlier", "exchanged", "interpolated", "from_cycle")


def refill(
    body: np.ndarray, seen: np.ndarray, cycle: np.ndarray, phase: np.ndarray, longest: int
) -> tuple[np.ndarray, np.ndarray]:
    """Fill gaps longer than `longest` frames from the mean cycle; returns (body, (T, J) bool of filled places)."""
    mean, result, put = sample_cycle(cycle, phase), body.copy(), np.zeros(seen.shape, bool)
    for joint in np.flatnonzero(~seen.all(axis=0) & np.isfinite(cycle).all(axis=(0, 2))):
        put[:, joint] = long_gaps(seen[:, joint], longest)
    result[put] = mean[put]
    return result, put


def long_gaps(seen: np.ndarray, longest: int) -> np.ndarray:
    """Return where a joint is unseen for more than `longest` frames in a row, (T,) bool."""
    gap = np.zeros(len(seen), bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], ~seen, [0]])))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        gap[start:stop] = stop - start > longest
    return gap


def count_changes(track: Track, from_cycle: np.ndarray, names: tuple[str, ...]) -> dict[str, dict[str, int]]:
    """Return joint -> kind of repair -> number of frames; a joint never seen is `unseen` in all frames."""
    ever = track.seen.any(axis=0)
    marks = {
        "unseen": ~track.seen & ~track.outlier,
        "outlier": track.outlier,
        "exchanged": track.exchanged & track.seen,
        "interpolated": ~track.seen & ~from_cycle & ever,
        "from_cycle": from_cycle,
    }
    return {name: {kind: int(marks[kind][:, j].sum()) for kind in KINDS} for j, name in enumerate(names)}


def summary(changed: dict[str, dict[str, int]], frames: int) -> str:
    """Return a one-line summary of the repairs over all joints."""
    total = {kind: sum(joint[kind] for joint in changed.values()) for kind in KINDS}
    if not any(total.values()):
        return "nothing repaired"
    places = frames * len(changed)
    return (
        f"of {places} joint positions {total['unseen']} not seen, {total['outlier']} outliers removed, "
        f"{total['exchanged']} left-right exchanges undone; {total['interpolated']} interpolated, "
        f"{total['from_cycle']} taken from the mean cycle"
    )


def warn_of_repairs(changed: dict[str, dict[str, int]], legs: tuple[str, ...], frames: int) -> list[str]:
    """Return a sentence for each kind of repair that affects a large part of a leg joint's frames."""
    sentences = []
    for kinds, limit, what, way_out in (
        (("interpolated", "from_cycle"), _MUCH, "filled in", _LOOK),
        (("outlier",), _MUCH, "removed as outliers", _LOOK),
        (("exchanged",), _EXCHANGED, "exchanged with the other side", _SIDES),
    ):
        part = {joint: sum(changed[joint][kind] for kind in kinds) / frames for joint in legs}
        worst = max(part, key=lambda joint: part[joint])
        if part[worst] > limit:
            others = sum(value > limit for value in part.values()) - 1
            more = f" and {others} other joint{'s' if others > 1 else ''} of the legs" if others else ""
            sentences.append(
                f"{worst}{more}: more than {limit:.0%} of the frames {what} ({part[worst]:.0%} of {worst}); {way_out}."
            )
    return sentences
