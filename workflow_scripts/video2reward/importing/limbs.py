"""Legs and arms by the kinematic tree: which chains of joints reach the ground, and where they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.importing.base import Given
from video2reward.importing.bending import find_arms, find_leg
from video2reward.importing.chains import SIDES, Body, Chain, place
from video2reward.importing.names import doubts
from video2reward.importing.shapes import lowest

_DOWN = 0.75  # a leg reaches at least this part of the deepest one's way down


def find_body(model: Any, given: Given, file: Path, notes: list[str]) -> Body:
    """Find legs, feet, hips, knees and arms; `notes` gets what may have been misled.

    Raises:
        UserError: there are neither two nor four legs, no foot can touch the ground, or x does not point forward
    """
    tips = _tips(model, given)
    poses = [place(model, given, pose) for pose in ({}, *given.poses.values())]
    depths = [[_depth(model, data, geoms) for _, _, geoms in tips] for data in poses]
    if not np.isfinite(depths).any():
        raise UserError(
            f"{file}: no chain of joints ends in a geom that can touch the ground; give the feet a geom with contype and "
            "conaffinity (a sphere will do)"
        )
    best = int(np.argmax(np.max(depths, axis=1)))
    depth, data = np.array(depths[best]), poses[best]
    legs = [k for k in range(len(tips)) if depth[k] > _DOWN * depth.max() and len(tips[k][1]) > 1]
    if depth.max() <= 0 or len(legs) not in (2, 4):
        raise UserError(_wrong_number(model, tips, legs, depth, file))
    paths = [tips[k][1] for k in legs]
    shared = {
        joint for path in paths for joint in path if sum(joint in other for other in paths) > 1
    }  # waist, spine
    chains = [
        find_leg(model, data, given, end, tuple(joint for joint in path if joint not in shared), geoms)
        for end, path, geoms in (tips[k] for k in legs)
    ]
    named = _sorted(data, chains, file)
    rest = [tips[k] for k in range(len(tips)) if k not in legs]
    arms = find_arms(model, data, given, rest) if len(named) == 2 else ()
    body = Body(named, arms)
    notes += doubts(model, data, body)
    return body


def _tips(model: Any, given: Given) -> list[tuple[int, tuple[int, ...], list[int]]]:
    """Return the bodies with no driven joint beyond them: body, the joints from the base to it, its colliding geoms."""
    ids = {int(model.joint(name).id) for name in given.joints}
    paths: dict[int, tuple[int, ...]] = {}
    for body in range(1, model.nbody):
        first, count = int(model.body_jntadr[body]), int(model.body_jntnum[body])
        own = tuple(j for j in range(first, first + count) if j in ids)
        paths[body] = (*paths.get(int(model.body_parentid[body]), ()), *own)
    longest = {path for path in paths.values() if path}
    ends = [path for path in longest if not any(o != path and o[: len(path)] == path for o in longest)]
    found = []
    for path in sorted(ends):
        bodies = [body for body, own in paths.items() if own == path]
        geoms = [
            g for g in range(model.ngeom)
            if model.geom_bodyid[g] in bodies and (model.geom_contype[g] or model.geom_conaffinity[g])
        ]  # fmt: skip
        found.append((bodies[0], path, geoms))
    return found


def _depth(model: Any, data: Any, geoms: list[int]) -> float:
    """Return how far below the base's origin geoms reach, m; minus infinity of none."""
    return max((-lowest(model, data, g) for g in geoms), default=-np.inf)


def _sorted(data: Any, chains: list[Chain], file: Path) -> tuple[Chain, ...]:
    """Name legs by where their hips are, x forward and y left; a `UserError` if that gives no pairs."""
    hips = np.array([data.xanchor[chain.joints[0]] for chain in chains])
    tips = np.array([np.mean([data.geom_xpos[g] for g in chain.soles], axis=0) for chain in chains])
    count = len(chains)
    front = hips[:, 0] > np.median(hips[:, 0]) if count == 4 else np.zeros(count, bool)
    left = tips[:, 1] > 0
    spread, width = max(np.ptp(hips[:, 0]), np.ptp(tips[:, 0])), np.ptp(tips[:, 1])
    names = [
        f"{SIDES[int(not side)]}_{'fore' if ahead else 'hind'}" if count == 4 else SIDES[int(not side)]
        for side, ahead in zip(left, front, strict=True)
    ]
    if (
        len(set(names)) != count
        or (count == 4 and spread < 0.5 * width)
        or (count == 2 and np.ptp(hips[:, 0]) > width)
    ):
        raise UserError(
            f"{file}: the legs do not lie in pairs left and right of the base's x axis; the base's frame must have x forward, y "
            "left and z up: rotate the body's frame"
        )
    named = [replace(chain, name=name) for name, chain in zip(names, chains, strict=True)]
    order = ("left", "left_fore", "left_hind", "right", "right_fore", "right_hind")
    return tuple(sorted(named, key=lambda chain: order.index(chain.name)))


def _wrong_number(model: Any, tips: list[Any], legs: list[int], depth: np.ndarray, file: Path) -> str:
    names = ", ".join(model.body(tips[k][0]).name for k in legs) or "none"
    if len(legs) > 2:
        return (
            f"{file}: {len(legs)} chains reach the ground ({names}), but a dog's keypoints need four legs and a person's two; write "
            "the folder by hand for others, from resources/robots/ant (docs/your-robot.md)"
        )
    return (
        f"{file}: {len(legs)} chains of joints reach the ground ({names}); a robot with two or four legs is needed, each ending in "
        "a geom that can touch the ground: this looks like an arm, or like a robot without feet"
    )
