"""Robots: `robot.yaml` and its MJCF, read, checked against each other, and compiled with ground and drives."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from video2reward.errors import UserError, choices
from video2reward.mjcf import compile_model, free_body, read_mjcf, take_robot, torque_limits
from video2reward.settings import Robot, TorqueControl
from video2reward.skeletons import skeleton
from video2reward.validation import read_yaml, validate

CONTROL_DT = 0.02
"""Control step, s, unless a task has another: 50 Hz, as Isaac Gym's Anymal task has it."""

FLOOR = "floor"
"""The ground's geom; what else is in an MJCF beside the robot is left out."""
_OURS = "video2reward"  # before the names of assets that we add, which a scene's may also bear


def load_robot(path: Path) -> Robot:
    """Read a robot.yaml; a fault in it is a `UserError` naming the file, the key and the valid ones."""
    return validate(Robot, read_yaml(path), path)


def check_robot(robot: Robot, mjcf: Path) -> None:
    """Raise a `UserError` if robot.yaml names something that its skeletons or its MJCF lack."""
    _mujoco()
    _check(robot, mjcf, read_mjcf(mjcf))


def site_names(robot: Robot, skeleton_name: str) -> list[tuple[str, ...]]:
    """Return for each mapped keypoint, in robot.yaml's order, the sites to average."""
    return [
        (site,) if isinstance(site, str) else site for site in keypoint_table(robot, skeleton_name).values()
    ]


def keypoint_table(robot: Robot, skeleton_name: str) -> dict[str, str | tuple[str, ...]]:
    """Return keypoint -> site(s) of a skeleton on this robot; a skeleton it lacks is a `UserError`."""
    if skeleton_name not in robot.skeletons:
        raise UserError(f"{robot.name}: {choices(skeleton_name, robot.skeletons, 'skeleton of this robot')}")
    return robot.skeletons[skeleton_name].sites


def gain(table: Mapping[str, float], joint: str) -> float:
    """Return the first entry of a gain table whose regular expression matches the whole joint name."""
    for pattern, value in table.items():
        if re.fullmatch(pattern, joint):
            return value
    raise UserError(f"joint {joint!r} matches no gain; patterns: {', '.join(table) or 'none'}")


def torque_control(robot: Robot) -> TorqueControl:
    """Return robot.yaml's `torque_control`; without it, actions cannot be torques: a `UserError`."""
    if robot.torque_control is None:
        raise UserError(
            f"task.actions: torque needs torque_control in the robot.yaml of {robot.name!r}, which has none; add it, "
            "or set task.actions: position"
        )
    return robot.torque_control


def torque_driven(robot: Robot) -> Robot:
    """Return the robot as it is where actions are torques: it starts about zero angles, at another height."""
    changed = {
        "default_pose": dict.fromkeys(robot.joints, 0.0),
        "spawn_height": torque_control(robot).spawn_height,
    }
    return robot.model_copy(update=changed)


def build_model(
    robot: Robot,
    mjcf: Path,
    substeps: int = 2,
    visual: bool = False,
    dt: float = CONTROL_DT,
    torque: bool = False,
) -> Any:
    """Compile the robot on flat ground with one drive a joint -> mujoco.MjModel.

    Drives are in the order of `robot.joints`, with robot.yaml's gains, clamped at the joints' effort
    limits (mjcf.torque_limits). Of the MJCF the tree of robot.yaml's base is taken alone. Only the feet and the bodies that robot.yaml names touch, and only the
    ground. Solver: Newton, pyramidal cones, implicitfast, the fastest stable choice of those measured.

    substeps: physics steps per control step of `dt` s; visual: keep what is drawn, and add light, sky and a
    floor texture; torque: the drives give the torque (N m) that they are told, and the springs and force
    sensors of robot.yaml's `torque_control` are there
    """
    mujoco = _mujoco()
    spec = read_mjcf(mjcf)
    _check(robot, mjcf, spec)
    limits = torque_limits(spec)
    take_robot(spec, robot.base, mjcf)
    option = spec.option
    option.timestep = dt / substeps
    option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    option.cone = mujoco.mjtCone.mjCONE_PYRAMIDAL
    option.solver = mujoco.mjtSolver.mjSOL_NEWTON
    # An unstable agent must stay visibly unstable, not silently restart.
    option.disableflags |= mujoco.mjtDisableBit.mjDSBL_AUTORESET
    spec.compiler.discardvisual = not visual
    _touch_ground_only(robot, spec)
    _add_drives(robot, spec, limits, torque)
    if torque:
        _add_springs_and_sensors(robot, spec)
    _add_ground(spec, visual)
    return compile_model(spec, mjcf)


def unlimited_joints(robot: Robot, mjcf: Path) -> list[str]:
    """Return the driven joints whose torque nothing in the MJCF limits."""
    _mujoco()
    limits = torque_limits(read_mjcf(mjcf))
    return [name for name in robot.joints if name not in limits]


def _check(robot: Robot, mjcf: Path, spec: Any) -> None:
    _names(robot, (robot.base,), [body.name for body in spec.bodies], f"body of {mjcf}")
    base = free_body(spec, robot.base, mjcf)
    parts = [base, *base.find_all("body")]  # what else is in the file is scenery
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
    """Raise a `UserError` if a driven joint is no hinge or a foot touches nothing."""
    hinge = _mujoco().mjtJoint.mjJNT_HINGE
    for name in robot.joints:
        if (kind := spec.joint(name).type) != hinge:
            word = _mujoco().mjtJoint(kind).name.removeprefix("mjJNT_").lower()
            raise UserError(
                f"{mjcf}: joint {name!r} of robot.yaml's joints is a {word} joint; drives turn hinges: leave it out "
                "of joints (it then moves freely), or model it as a hinge"
            )
    for name in robot.feet:
        if not (geoms[name].contype or geoms[name].conaffinity):
            raise UserError(
                f"{mjcf}: foot {name!r} touches nothing (contype and conaffinity are 0); name the geom that collides"
            )


def _names(robot: Robot, names: Iterable[str], valid: Iterable[str], kind: str) -> None:
    known = [name for name in valid if name]
    for name in names:
        if name not in known:
            raise UserError(f"robot.yaml of {robot.name}: {choices(name, known, kind)}")


def _touch_ground_only(robot: Robot, spec: Any) -> None:
    bodies = {*robot.terminate_on_contact, *robot.collision_bodies}
    for geom in spec.geoms:
        solid = bool(geom.contype or geom.conaffinity)
        geom.contype = 0
        geom.conaffinity = int(solid and (geom.name in robot.feet or geom.parent.name in bodies))


def _add_drives(robot: Robot, spec: Any, limits: Mapping[str, tuple[float, float]], torque: bool) -> None:
    for name in robot.joints:
        drive = spec.add_actuator(name=name, target=name)
        drive.trntype = _mujoco().mjtTrn.mjTRN_JOINT
        if torque:
            drive.set_to_motor()
        else:
            drive.set_to_position(kp=gain(robot.stiffness, name), kv=gain(robot.damping, name))
        if torque and name not in limits:
            raise UserError(
                f"task.actions: torque needs the torque limit of every joint; {name!r} has none in {robot.mjcf}: add "
                "actuatorfrcrange, or set task.actions: position"
            )
        if name in limits:
            drive.forcerange = limits[name]
            drive.forcelimited = True


def _add_springs_and_sensors(robot: Robot, spec: Any) -> None:
    mujoco, own = _mujoco(), torque_control(robot)
    for name in robot.joints:
        if any(re.fullmatch(pattern, name) for pattern in own.springs):
            spec.joint(name).stiffness = [gain(own.springs, name), 0, 0]
    for name in own.force_sensors:
        site = spec.body(name).add_site(name=f"force_sensor_{name}")
        for kind in (mujoco.mjtSensor.mjSENS_FORCE, mujoco.mjtSensor.mjSENS_TORQUE):
            spec.add_sensor(type=kind, objtype=mujoco.mjtObj.mjOBJ_SITE, objname=site.name)


def _add_ground(spec: Any, visual: bool) -> None:
    mujoco = _mujoco()
    if spec.geom(FLOOR) is not None:
        raise UserError(f"a geom of the robot is called {FLOOR!r}, as the ground is; give it another name")
    floor = spec.worldbody.add_geom(name=FLOOR, type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 1])
    floor.contype, floor.conaffinity, floor.friction = 1, 0, [1.0, 0.005, 0.0001]
    if not visual:
        return
    checker, gradient = mujoco.mjtBuiltin.mjBUILTIN_CHECKER, mujoco.mjtBuiltin.mjBUILTIN_GRADIENT
    spec.add_texture(
        name=f"{_OURS} sky", type=mujoco.mjtTexture.mjTEXTURE_SKYBOX, builtin=gradient, width=256, height=256,
        rgb1=[0.78, 0.85, 0.92], rgb2=[0.96, 0.97, 0.98],
    )  # fmt: skip
    spec.add_texture(
        name=f"{_OURS} floor", type=mujoco.mjtTexture.mjTEXTURE_2D, builtin=checker, width=256, height=256,
        rgb1=[0.86, 0.87, 0.88], rgb2=[0.70, 0.73, 0.76],
    )  # fmt: skip
    material = spec.add_material(
        name=f"{_OURS} floor", texrepeat=[1, 1], texuniform=True, specular=0, shininess=0
    )
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = f"{_OURS} floor"
    floor.material = f"{_OURS} floor"
    spec.visual.headlight.ambient = [0.45, 0.45, 0.45]
    spec.visual.headlight.diffuse = [0.45, 0.45, 0.45]
    spec.visual.headlight.specular = [0.1, 0.1, 0.1]
    light = spec.worldbody.add_light(pos=[0, 0, 6], dir=[0.2, 0.3, -1], diffuse=[0.4, 0.4, 0.4])
    light.type = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL


def _mujoco() -> Any:
    """Import mujoco; an OpenGL backend chosen by MUJOCO_GL that does not load must not stop the physics."""
    try:
        import mujoco
    except Exception:  # what a broken driver's import raises is up to it
        chosen = os.environ.get("MUJOCO_GL")
        if chosen is None:
            raise
        os.environ["MUJOCO_GL"] = "disable"
        import mujoco

        os.environ["MUJOCO_GL"] = chosen
    return mujoco
