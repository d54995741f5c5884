"""Check robot.yaml against its skeletons and its MJCF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from video2reward.errors import UserError, choices
from video2reward.robots.description import gain, site_names
from video2reward.robots.mjcf import free_body, import_mujoco
from video2reward.settings.robot import Robot
from video2reward.skeletons import skeleton


def check_spec(robot: Robot, mjcf: Path, spec: Any) -> None:
    """Raise a `UserError` if robot.yaml names something missing from its skeletons or from `spec`, its parsed MJCF."""
    _names(robot, (robot.base,), [body.name for body in spec.bodies], f"body of {mjcf}")
    base = free_body(spec, robot.base, mjcf)
    parts = [base, *base.find_all("body")]  # everything else in the file is scenery
    bodies = [body.name for body in parts]
    joints = [joint.name for body in parts for joint in body.joints]
    sites = [site.name for body in parts for site in body.sites]
    _names(robot, robot.joints, joints, f"joint of {mjcf}")
    for key in ("joints", "feet"):
        named = getattr(robot, key)
        if twice := [name for name in named if named.count(name) > 1]:
            raise UserError(f"robot.yaml of {robot.name}: {key} names {twice[0]!r} twice; name each once")
    _names(robot, robot.default_pose, robot.joints, "joint of its `joints` (in default_pose)")
    _names(robot, robot.joints, robot.default_pose, "joint of its default_pose")
    _names(robot, robot.terminate_on_contact, bodies, f"body of {mjcf}")
    _names(robot, robot.collision_bodies, bodies, f"body of {mjcf}")
    geoms = {geom.name: geom for body in parts for geom in body.geoms}
    _names(robot, robot.feet, geoms, f"geom of {mjcf}")
    _check_kinds(robot, mjcf, spec, geoms)
    if robot.torque_control is not None:
        _names(robot, robot.torque_control.force_sensors, bodies, f"body of {mjcf}")
    for joint in robot.joints:
        gain(robot.stiffness, joint)
        gain(robot.damping, joint)
    for name, table in robot.skeletons.items():
        mapped = list(table.sites)
        _names(robot, mapped, skeleton(name).joints, f"joint of the skeleton {name}")
        _names(robot, table.scored, mapped, "keypoint of its sites (in scored)")
        for limb in table.limbs:
            _names(
                robot, (limb.hip, limb.knee, limb.foot), mapped, f"keypoint of its sites (limb {limb.name})"
            )
        _names(robot, (s for group in site_names(robot, name) for s in group), sites, f"site of {mjcf}")


def _check_kinds(robot: Robot, mjcf: Path, spec: Any, geoms: Mapping[str, Any]) -> None:
    """Raise a `UserError` if an actuated joint is not a hinge or a foot cannot collide."""
    hinge = import_mujoco().mjtJoint.mjJNT_HINGE
    for name in robot.joints:
        if (kind := spec.joint(name).type) != hinge:
            word = import_mujoco().mjtJoint(kind).name.removeprefix("mjJNT_").lower()
            raise UserError(
                f"{mjcf}: joint {name!r} of robot.yaml's joints is a {word} joint, but only hinges can be actuated: remove it "
                "from joints (it then moves freely), or model it as a hinge"
            )
    for name in robot.feet:
        if not (geoms[name].contype or geoms[name].conaffinity):
            raise UserError(
                f"{mjcf}: foot {name!r} cannot collide (contype and conaffinity are 0); name the geom that collides"
            )


def _names(robot: Robot, names: Iterable[str], valid: Iterable[str], kind: str) -> None:
    known = [name for name in valid if name]
    for name in names:
        if name not in known:
            raise UserError(f"robot.yaml of {robot.name}: {choices(name, known, kind)}")
