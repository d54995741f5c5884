"""Undoing short left-right confusions of the legs, which show as jumps."""

from __future__ import annotations

import numpy as np

from video2reward.skeletons import Limb, Skeleton

# Cost of exchanged names, trunk lengths per frame.
_RELUCTANCE = 0.03


def untangle(points: np.ndarray, trunk: float, kind: Skeleton) -> np.ndarray:
    """Return the column (T, J) to read for each joint so that the legs move most smoothly.

    points: (T, J, 2) about the trunk's centre, gapless; trunk: its length in their unit

    Pose models confuse the legs for a few frames when one passes the other. The Viterbi algorithm over pairs of
    frames finds the cheapest labelling: the cost is the distance of knees and feet from a linear extrapolation of
    the two previous frames, plus a little for every frame with exchanged names.
    """
    columns = np.tile(np.arange(points.shape[1]), (len(points), 1))
    for left, right in limb_pairs(kind):
        own = [kind.index(joint) for limb in (left, right) for joint in (limb.knee, limb.foot)]
        other = [kind.index(joint) for limb in (right, left) for joint in (limb.knee, limb.foot)]
        if np.isfinite(points[:, own]).all() and len(points) > 2:
            wrong = _least_rough(points[:, own] / trunk, points[:, other] / trunk)
            columns[wrong[:, None], own] = other
    return columns


def _least_rough(named: np.ndarray, exchanged: np.ndarray) -> np.ndarray:
    """Return the frames at which to prefer `exchanged` to `named`, (T, K, 2) each."""
    choices, count = np.stack([named, exchanged]), len(named)
    cost = np.array([[0.0, 1.0], [1.0, 2.0]]) * _RELUCTANCE  # of (state before, state now)
    back = np.zeros((count, 2, 2), int)
    for t in range(2, count):
        new = np.empty((2, 2))
        for before in (0, 1):
            for now in (0, 1):
                expected = 2 * choices[before, t - 1] - choices[:, t - 2]
                rough = np.linalg.norm(choices[now, t] - expected, axis=-1).mean(axis=-1)
                total = cost[:, before] + rough
                back[t, before, now] = total.argmin()
                new[before, now] = total.min() + now * _RELUCTANCE
        cost = new
    before, now = divmod(int(cost.argmin()), 2)
    states = [now, before]
    for t in range(count - 1, 1, -1):
        states.append(int(back[t, states[-1], states[-2]]))
    return np.flatnonzero(states[::-1])


def limb_pairs(kind: Skeleton) -> list[tuple[Limb, Limb]]:
    """Return the pairs of legs, left and right."""
    return [
        (a, b)
        for i, a in enumerate(kind.limbs)
        for b in kind.limbs[i + 1 :]
        if a.name.split("_")[1:] == b.name.split("_")[1:]
    ]


def other_sides(kind: Skeleton) -> np.ndarray:
    """Return the column (J,) of the other side's joint for knees and feet, of the joint itself for all others."""
    twins = np.arange(len(kind.joints))
    for left, right in limb_pairs(kind):
        for a, b in ((left.knee, right.knee), (left.foot, right.foot)):
            twins[kind.index(a)], twins[kind.index(b)] = kind.index(b), kind.index(a)
    return twins
