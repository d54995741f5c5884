"""What a robot is made of here: chains of joints, and the model placed in a pose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from video2reward.importing.base import Given

SIDES = ("left", "right")


@dataclass(frozen=True)
class Chain:
    """A leg or an arm, from the base on.

    name: left_fore, ..., or left, right; joints: its hinges' ids; hip, knee: the ids of those two
    ankle: the first joint after the knee that is nearer the tip, None if there is none
    end: the id of its last body; soles: the ids of its geoms that touch the ground, none for arms
    """

    name: str
    joints: tuple[int, ...]
    hip: int
    knee: int
    ankle: int | None
    end: int
    soles: tuple[int, ...] = ()


@dataclass(frozen=True)
class Body:
    """A robot's parts: legs sorted left fore, left hind, right fore, right hind (or left, right), and arms, left first."""

    legs: tuple[Chain, ...]
    arms: tuple[Chain, ...]

    @property
    def skeleton(self) -> str:
        """Return the skeleton that it can follow: four legs a dog's, two a person's."""
        return "ap10k" if len(self.legs) == 4 else "coco17"


def place(model: Any, given: Given, pose: Mapping[str, float]) -> Any:
    """Return mujoco.MjData with the base upright at the origin and the joints at `pose`, missing ones nearest to zero."""
    import mujoco

    data = mujoco.MjData(model)
    data.qpos[:] = 0
    root = model.joint(model.body(given.base).jntadr[0]).qposadr[0]
    data.qpos[root + 3] = 1
    for name in given.joints:
        low, high = given.ranges.get(name, (-np.inf, np.inf))
        data.qpos[model.joint(name).qposadr[0]] = np.clip(pose.get(name, 0.0), low, high)
    mujoco.mj_forward(model, data)
    return data


def tip_of(data: Any, chain: Chain) -> np.ndarray:
    """Return the middle of a leg's foot, (3,) m."""
    return np.asarray(np.mean([data.geom_xpos[g] for g in chain.soles], axis=0))
