"""The geometry of a robot that matters: its feet, bodies that must not touch the ground, keypoints."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from video2reward.artifacts.reference import Reference
from video2reward.robots.description import site_names
from video2reward.robots.model import solid_geoms
from video2reward.settings.robot import Robot
from video2reward.sim.kinematics import FixedPoints, Kinematics
from video2reward.skeletons import skeleton


@dataclass(frozen=True)
class Touch:
    """Spheres whose heights decide ground contact, given by centre point and radius.

    groups: the points of each body, as slices
    """

    points: FixedPoints
    radii: Tensor  # (S, 1) m
    groups: tuple[slice, ...]


@dataclass(frozen=True)
class KeypointSites:
    """The sites behind a reference's keypoints, and the matrices from sites to keypoints.

    names: (S,) of the sites; points: (S,); average: (J, S) sites -> keypoints
    side_view: (J, S) sites -> keypoints relative to the trunk's midpoint, body lengths
    middle: (1, S) sites -> the trunk's midpoint
    """

    names: tuple[str, ...]
    points: FixedPoints
    average: Tensor
    side_view: Tensor
    middle: Tensor


def feet(robot: Robot, model: Any, kinematics: Kinematics) -> Touch:
    """Return the points of the foot geoms, one group per foot, in robot.yaml's order."""
    return _touch(model, kinematics, [[model.geom(name).id] for name in robot.feet])


def solid_parts(robot: Robot, model: Any, kinematics: Kinematics, bodies: Iterable[str]) -> Touch:
    """Return the points of the bodies' colliding geoms, without feet, one group per body."""
    others = set(solid_geoms(model)) - {model.geom(name).id for name in robot.feet}
    groups = []
    for name in bodies:
        body = model.body(name)
        geoms = range(body.geomadr[0], body.geomadr[0] + body.geomnum[0])
        groups.append([g for g in geoms if g in others])
    return _touch(model, kinematics, groups)


def keypoints(robot: Robot, model: Any, kinematics: Kinematics, reference: Reference) -> KeypointSites:
    """Return the reference's keypoints on the robot, in the reference's order."""
    table = dict(
        zip(robot.skeletons[reference.skeleton].sites, site_names(robot, reference.skeleton), strict=True)
    )
    sites = list(dict.fromkeys(s for name in reference.keypoint_names for s in table[name]))
    average = torch.zeros(len(reference.keypoint_names), len(sites))
    for row, name in enumerate(reference.keypoint_names):
        for site in table[name]:
            average[row, sites.index(site)] += 1 / len(table[name])
    ends = skeleton(reference.skeleton)
    front, back = (
        average[[i for i, name in enumerate(reference.keypoint_names) if name in end]].mean(0)
        for end in (ends.front, ends.back)
    )
    middle = 0.5 * (front + back)
    ids = [model.site(site).id for site in sites]
    points = kinematics.points(model.site_bodyid[ids], model.site_pos[ids])
    return KeypointSites(
        tuple(sites), points, average, (average - middle) / reference.body_length_m, middle[None]
    )


def _touch(model: Any, kinematics: Kinematics, groups: list[list[int]]) -> Touch:
    bodies: list[int] = []
    positions: list[np.ndarray] = []
    radii: list[float] = []
    slices = []
    for geoms in groups:
        start = len(bodies)
        for geom in geoms:
            lowest, radius = corners(model, geom)
            bodies += [int(model.geom_bodyid[geom])] * len(lowest)
            positions += list(lowest)
            radii += [radius] * len(lowest)
        slices.append(slice(start, len(bodies)))
    points = kinematics.points(bodies, np.array(positions))
    return Touch(points, torch.tensor(radii, dtype=torch.float32)[:, None], tuple(slices))


def corners(model: Any, geom: int) -> tuple[np.ndarray, float]:
    """Return the points (K, 3), in the body's frame, that may be a geom's lowest, and their radius.

    Exact for spheres, capsules and boxes; cylinders are treated as capsules with the same ends, other shapes as their
    bounding boxes.
    """
    import mujoco

    kind, size = mujoco.mjtGeom(model.geom_type[geom]), model.geom_size[geom]
    radius = 0.0
    if kind == mujoco.mjtGeom.mjGEOM_SPHERE:
        local, radius = np.zeros((1, 3)), size[0]
    elif kind in (mujoco.mjtGeom.mjGEOM_CAPSULE, mujoco.mjtGeom.mjGEOM_CYLINDER):
        local, radius = np.array([[0, 0, -size[1]], [0, 0, size[1]]]), size[0]
    else:
        centre, half = model.geom_aabb[geom, :3], model.geom_aabb[geom, 3:]
        local = centre + half * np.array(list(itertools.product((-1, 1), repeat=3)))
    turn = np.zeros(9)
    mujoco.mju_quat2Mat(turn, model.geom_quat[geom])
    return model.geom_pos[geom] + local @ turn.reshape(3, 3).T, float(radius)
