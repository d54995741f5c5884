"""Retargeting the clip's motion to a robot: timing by Froude number, feet within the legs' reach."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.errors import UserError
from video2reward.motion.reachable import reachable_cycle
from video2reward.motion.stance import make_stance
from video2reward.motion.trunk_path import trunk_path
from video2reward.robots.description import keypoint_table
from video2reward.robots.hinged_leg import HingedLeg
from video2reward.settings.motion import Reach
from video2reward.settings.robot import KeypointTable, Robot

GRAVITY = 9.81
# Froude number v^2 / (g h); animals change from walk to trot or run near 0.5 (Alexander 1989, Physiol. Rev.
# 69:1199-1227).
BRISK_WALK = 0.25


def retarget(
    motion: Motion,
    robot: Robot,
    names: tuple[str, ...],
    standing: np.ndarray,
    body_length_m: float,
    reach: Reach,
    hinged: Mapping[str, HingedLeg] | None = None,
) -> Reference:
    """Retarget a clip's mean cycle to a robot.

    names, standing (J, 3) m in the base's frame, body_length_m: from `robots.standing.standing_keypoints`
    hinged: from `robots.hinged_leg.hinged_legs`, for robots with legs that turn out of the side view's plane

    Time and speed scale with the square root of the leg-length ratio (equal Froude numbers: Alexander & Jayes
    1983, J. Zool. 201:135-152). Feet keep the clip's excursions in body lengths about a point below the hip; one
    scale for all legs keeps every leg within `reach.extension`. Knees follow from two-link inverse kinematics,
    bent as in the default pose, or from the joints of a hinged leg, whose foot moves about its default place or one
    nearer to the hip with more reach. Trunk joints stay fixed. Elbows, wrists and the like keep the clip's excursions
    about their default places, limited by the robot's bone lengths. A single motion has the trunk's way besides
    (trunk_path.py).

    Raises:
        UserError: the robot has no table for the clip's skeleton, or fewer than two of its legs are seen, knee and foot;
            other legs, and unseen joints such as the far elbow, are no part of the reference
    """
    keypoint_table(robot, motion.skeleton)
    seen = np.isfinite(motion.cycle).all(axis=(0, 2))
    kept = tuple(name for name in names if seen[motion.joint_names.index(name)])
    table = _shown(motion, robot, kept)
    stance = make_stance(motion.skeleton, names, standing, body_length_m)
    target = motion.cycle[:, [motion.joint_names.index(name) for name in kept]]
    rows = [motion.limb_names.index(limb.name) for limb in table.limbs]
    ratio = robot.leg_length_m / motion.leg_length_m
    path = trunk_path(motion, robot.leg_length_m, body_length_m) if motion.kind == "single" else None
    return Reference(
        robot=robot.name,
        skeleton=motion.skeleton,
        keypoint_names=kept,
        scored=tuple(name for name in table.scored if name in kept),
        target=target,
        cycle=reachable_cycle(motion, table, stance, kept, reach, hinged or {}),
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
        **(vars(path) if path else {}),
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
    `robots.standing.standing_keypoints`
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


def _shown(motion: Motion, robot: Robot, seen: tuple[str, ...]) -> KeypointTable:
    """Return the robot's table with those limbs that the clip shows, knee and foot; `seen`: the keypoints seen."""
    table = robot.skeletons[motion.skeleton]
    unknown = [limb.name for limb in table.limbs if limb.name not in motion.limb_names]
    if unknown:
        raise UserError(
            f"robot.yaml of {robot.name}: limbs {unknown} are not limbs of {motion.skeleton}; "
            f"valid: {', '.join(motion.limb_names)}"
        )
    limbs = tuple(limb for limb in table.limbs if limb.knee in seen and limb.foot in seen)
    if len(limbs) < min(2, len(table.limbs)):  # one leg alone tells no gait
        wanted = dict.fromkeys(joint for limb in table.limbs for joint in (limb.knee, limb.foot))
        raise UserError(
            f"{', '.join(joint for joint in wanted if joint not in seen)}: never seen with enough confidence in the clip, "
            f"but two legs at least are needed for {robot.name}; look at the overlay, lower pose.min_confidence or choose "
            "another pose backend"
        )
    return table.model_copy(update={"limbs": limbs})
