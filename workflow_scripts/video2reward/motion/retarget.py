"""Retargeting the clip's motion to a robot: timing by Froude number, feet within the legs' reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.errors import UserError
from video2reward.geometry import body_normalise, sample_cycle
from video2reward.motion.legs import knee_side, largest_scale, two_link_knee
from video2reward.robots.description import keypoint_table
from video2reward.settings.motion import Reach
from video2reward.settings.robot import KeypointTable, Robot, RobotLimb
from video2reward.skeletons import skeleton

GRAVITY = 9.81
# Froude number v^2 / (g h); animals change from walk to trot or run near 0.5 (Alexander 1989, Physiol. Rev.
# 69:1199-1227).
BRISK_WALK = 0.25


@dataclass(frozen=True)
class Stance:
    """A robot's default pose.

    points: keypoint -> (2,) side view, body lengths about the trunk's middle
    bones: (nearer, farther joint) -> length in space, body lengths, of the skeleton's bones that the robot has
    """

    points: dict[str, np.ndarray]
    bones: dict[tuple[str, str], float]
    body_length_m: float


def retarget(
    motion: Motion,
    robot: Robot,
    names: tuple[str, ...],
    standing: np.ndarray,
    body_length_m: float,
    reach: Reach,
) -> Reference:
    """Retarget a clip's mean cycle to a robot.

    names, standing (J, 3) m in the base's frame, body_length_m: from `kinematics.standing_keypoints`

    Time and speed scale with the square root of the leg-length ratio (equal Froude numbers: Alexander & Jayes
    1983, J. Zool. 201:135-152). Feet keep the clip's excursions in body lengths about a point below the hip; one
    scale for all legs keeps every leg within `reach.extension`. Knees follow from two-link inverse kinematics,
    bent as in the default pose. Trunk joints stay fixed. Elbows, wrists and the like keep the clip's excursions
    about their default places, limited by the robot's bone lengths.

    Raises:
        UserError: the robot has no table for the clip's skeleton, or a joint of a leg is never seen; other unseen
            joints, such as the far elbow, are not scored
    """
    keypoint_table(robot, motion.skeleton)
    table = robot.skeletons[motion.skeleton]
    seen = np.isfinite(motion.cycle).all(axis=(0, 2))
    kept = tuple(name for name in names if seen[motion.joint_names.index(name)])
    _check(motion, robot, table, kept)
    stance = make_stance(motion.skeleton, names, standing, body_length_m)
    target = motion.cycle[:, [motion.joint_names.index(name) for name in kept]]
    rows = [motion.limb_names.index(limb.name) for limb in table.limbs]
    ratio = robot.leg_length_m / motion.leg_length_m
    return Reference(
        robot=robot.name,
        skeleton=motion.skeleton,
        keypoint_names=kept,
        scored=tuple(name for name in table.scored if name in kept),
        target=target,
        cycle=reachable_cycle(motion, table, stance, kept, reach),
        standing=np.array([stance.points[name] for name in kept]),
        period_s=motion.period_s * float(np.sqrt(ratio)),
        speed=motion.speed_m_s * float(np.sqrt(ratio)),
        body_length_m=body_length_m,
        time_scale=float(np.sqrt(ratio)),
        limb_names=tuple(limb.name for limb in table.limbs),
        foot_names=tuple(limb.foot for limb in table.limbs),
        touchdown=motion.touchdown[rows],
        duty_factor=motion.duty_factor[rows],
        kind=motion.kind,
    )


def neutral_reference(
    robot: Robot,
    skeleton_name: str,
    names: tuple[str, ...],
    standing: np.ndarray,
    body_length_m: float,
    froude: float = BRISK_WALK,
) -> Reference:
    """Return a standing "cycle" with the timing of a gait, by default a brisk walk, for training without a clip.

    Speed sqrt(Fr g h) at the Froude number Fr; stride length 2.4 h Fr^0.34 (Alexander & Jayes 1983, fig. 5a,
    cursorial mammals); the period is their quotient. names, standing (J, 3) m, body_length_m: from
    `kinematics.standing_keypoints`
    """
    table = robot.skeletons[skeleton_name]
    stance = make_stance(skeleton_name, names, standing, body_length_m)
    points = np.array([stance.points[name] for name in names])
    cycle = np.repeat(points[None], 16, axis=0)
    speed = float(np.sqrt(froude * GRAVITY * robot.leg_length_m))
    stride = 2.4 * robot.leg_length_m * froude**0.34
    limbs = len(table.limbs)
    return Reference(
        robot=robot.name,
        skeleton=skeleton_name,
        keypoint_names=names,
        scored=table.scored,
        target=cycle,
        cycle=cycle,
        standing=points,
        period_s=stride / speed,
        speed=speed,
        body_length_m=body_length_m,
        time_scale=1.0,
        limb_names=tuple(limb.name for limb in table.limbs),
        foot_names=tuple(limb.foot for limb in table.limbs),
        touchdown=np.zeros(limbs),
        duty_factor=np.ones(limbs),
    )


def make_stance(skeleton_name: str, names: tuple[str, ...], standing: np.ndarray, length_m: float) -> Stance:
    """Project standing keypoints (J, 3), m, to the side view, in body lengths about the trunk's centre."""
    flat = body_normalise(standing[:, [0, 2]], names, skeleton(skeleton_name), length_m)
    space = dict(zip(names, standing, strict=True))
    bones = {
        (a, b): float(np.linalg.norm(space[b] - space[a])) / length_m
        for a, b in skeleton(skeleton_name).bones
        if a in space and b in space
    }
    return Stance(dict(zip(names, flat, strict=True)), bones, length_m)


def reachable_cycle(
    motion: Motion, table: KeypointTable, stance: Stance, names: tuple[str, ...], reach: Reach
) -> np.ndarray:
    """Return the cycle (P, J, 2), robot body lengths, within the reach of the robot's legs."""
    feet = {limb.foot: _foot_deviation(motion, limb) for limb in table.limbs}
    centres = {limb.foot: _foot_centre(limb, stance, reach) for limb in table.limbs}
    scale = min(
        largest_scale(
            centres[limb.foot],
            feet[limb.foot],
            stance.points[limb.hip],
            reach.extension * sum(_links(limb, stance)),
        )
        for limb in table.limbs
    )
    placed = {name: np.repeat(stance.points[name][None], len(motion.cycle), axis=0) for name in names}
    trunk = {
        *skeleton(motion.skeleton).front,
        *skeleton(motion.skeleton).back,
        *(limb.hip for limb in table.limbs),
    }
    for name in names:
        if name not in trunk:
            track = motion.cycle[:, motion.joint_names.index(name)]
            placed[name] = stance.points[name] + scale * (track - track.mean(axis=0))
    for limb in table.limbs:
        hip, foot = stance.points[limb.hip], centres[limb.foot] + scale * feet[limb.foot]
        side = knee_side(hip, stance.points[limb.knee], stance.points[limb.foot])
        placed[limb.foot], placed[limb.knee] = foot, two_link_knee(hip, foot, _links(limb, stance), side)
    legs = {joint for limb in table.limbs for joint in (limb.knee, limb.foot)}
    for (near, far), length in stance.bones.items():
        if far in placed and far not in trunk | legs:
            placed[far] = _no_farther(placed.get(near, stance.points[near]), placed[far], length)
    return np.stack([placed[name] for name in names], axis=1)


def _no_farther(near: np.ndarray, far: np.ndarray, length: float) -> np.ndarray:
    """Limit the distance of points (P, 2) from others to `length`: in side view a bone only looks shorter."""
    offset = far - near
    distance = np.maximum(np.linalg.norm(offset, axis=-1, keepdims=True), 1e-9)
    return near + offset * np.minimum(1.0, length / distance)


def _links(limb: RobotLimb, stance: Stance) -> tuple[float, float]:
    upper, lower = limb.lengths_m
    return upper / stance.body_length_m, lower / stance.body_length_m


def _foot_centre(limb: RobotLimb, stance: Stance, reach: Reach) -> np.ndarray:
    """Return the point on the ground below the hip, with the trunk lowered by `reach.crouch` of the leg."""
    hip, foot = stance.points[limb.hip], stance.points[limb.foot]
    return np.array([hip[0], foot[1] + reach.crouch * (hip[1] - foot[1])])


def _foot_deviation(motion: Motion, limb: RobotLimb) -> np.ndarray:
    """Return the clip's foot relative to the middle of its stride and its stance height, (P, 2), up >= 0."""
    track = motion.cycle[:, motion.joint_names.index(limb.foot)]
    row = motion.limb_names.index(limb.name)
    middle = motion.touchdown[row] + motion.duty_factor[row] * np.linspace(0.15, 0.85, 32)
    ground = np.mean(sample_cycle(track[:, 1], middle)) if np.isfinite(middle).all() else track[:, 1].min()
    forward = track[:, 0] - 0.5 * (track[:, 0].max() + track[:, 0].min())
    return np.stack([forward, np.maximum(track[:, 1] - ground, 0.0)], axis=-1)


def _check(motion: Motion, robot: Robot, table: KeypointTable, seen: tuple[str, ...]) -> None:
    wanted = [joint for limb in table.limbs for joint in (limb.knee, limb.foot)]
    missing = [joint for joint in dict.fromkeys(wanted) if joint not in seen]
    if missing:
        raise UserError(
            f"{', '.join(missing)}: never seen with enough confidence in the clip, but needed for {robot.name}; look at "
            "the overlay, lower pose.min_confidence or choose another pose backend"
        )
    unknown = [limb.name for limb in table.limbs if limb.name not in motion.limb_names]
    if unknown:
        raise UserError(
            f"robot.yaml of {robot.name}: limbs {unknown} are not limbs of {motion.skeleton}; "
            f"valid: {', '.join(motion.limb_names)}"
        )
