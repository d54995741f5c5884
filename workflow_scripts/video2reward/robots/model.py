"""Compile a robot with ground and drives -> mujoco.MjModel."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from video2reward.errors import UserError
from video2reward.robots.check import check_spec
from video2reward.robots.description import gain, torque_control
from video2reward.robots.mjcf import compile_model, import_mujoco, read_mjcf, take_robot, torque_limits
from video2reward.robots.terrain import FLOOR_DEPTH, GROUND, add_field
from video2reward.settings.robot import Robot

CONTROL_DT = 0.02
"""Default control step, s: 50 Hz, as in Isaac Gym's Anymal task."""


FLOOR = "floor"
"""Name of the ground's geom."""


_OURS = "video2reward"  # prefix of the assets that we add, so that their names cannot clash with a scene's


def build_model(
    robot: Robot,
    mjcf: Path,
    substeps: int = 2,
    visual: bool = False,
    dt: float = CONTROL_DT,
    torque: bool = False,
    terrain: str = "flat",
    graded: bool = False,
) -> Any:
    """Compile the robot on its ground with one drive per joint -> mujoco.MjModel; arguments as in `build_spec`."""
    return compile_model(build_spec(robot, mjcf, substeps, visual, dt, torque, terrain, graded), mjcf)


def build_spec(
    robot: Robot,
    mjcf: Path,
    substeps: int,
    visual: bool,
    dt: float = CONTROL_DT,
    torque: bool = False,
    terrain: str = "flat",
    graded: bool = False,
) -> Any:
    """Put the robot on its ground with one drive per joint -> mujoco.MjSpec.

    Drives are in the order of `robot.joints`, with robot.yaml's gains, clamped at the joints' effort
    limits (mjcf.torque_limits). Only the tree of robot.yaml's base is taken from the MJCF. Only the feet and the
    bodies that robot.yaml names collide, and only with the ground. Solver: Newton, pyramidal cones, implicitfast,
    the fastest stable choice of those measured.

    substeps: physics steps per control step of `dt` s (decimation); visual: keep visual geoms, and add light, sky
    and a floor texture; torque: drives apply the commanded torque (N m), and the springs and force sensors of
    robot.yaml's `torque_control` are added; terrain: flat, or a height field of robots.terrain,
    `graded` as `field_heights` says
    """
    mujoco = import_mujoco()
    spec = read_mjcf(mjcf)
    check_spec(robot, mjcf, spec)
    limits = torque_limits(spec)
    take_robot(spec, robot.base, mjcf)
    option = spec.option
    option.timestep = dt / substeps
    option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    option.cone = mujoco.mjtCone.mjCONE_PYRAMIDAL
    option.solver = mujoco.mjtSolver.mjSOL_NEWTON
    # An unstable agent must stay visibly unstable; MuJoCo would silently reset it. One robot is one island of constraints,
    # so that searching for islands only takes time.
    option.disableflags |= mujoco.mjtDisableBit.mjDSBL_AUTORESET | mujoco.mjtDisableBit.mjDSBL_ISLAND
    spec.compiler.discardvisual = not visual
    _add_drives(robot, spec, limits, torque)
    if torque:
        _add_springs_and_sensors(robot, spec)
    _add_ground(spec, visual, terrain, graded)
    _touch_ground_only(robot, spec, [FLOOR] if terrain == "flat" else [FLOOR, GROUND])
    return spec


def solid_geoms(model: Any) -> list[int]:
    """Return the geoms that can touch the ground, ascending."""
    ground = {i for i in range(model.ngeom) if model.geom(i).name in (FLOOR, GROUND)}
    return sorted({*map(int, model.pair_geom1), *map(int, model.pair_geom2)} - ground)


def unlimited_joints(robot: Robot, mjcf: Path) -> list[str]:
    """Return the actuated joints whose torque the MJCF does not limit."""
    import_mujoco()
    limits = torque_limits(read_mjcf(mjcf))
    return [name for name in robot.joints if name not in limits]


def _touch_ground_only(robot: Robot, spec: Any, ground: Sequence[str]) -> None:
    """Pair each geom of the feet and of the bodies that count with the ground's; no other geoms collide.

    Explicit pairs give the same contacts as masks would, without the search for geoms that are near each other.
    """
    bodies = {*robot.terminate_on_contact, *robot.collision_bodies}
    for number, geom in enumerate(spec.geoms):
        solid = bool(geom.contype or geom.conaffinity)
        geom.contype = geom.conaffinity = 0
        if solid and (geom.name in robot.feet or geom.parent.name in bodies):
            geom.name = geom.name or f"{_OURS} geom {number}"
            for under in ground:
                spec.add_pair(geomname1=under, geomname2=geom.name)


def _add_drives(robot: Robot, spec: Any, limits: Mapping[str, tuple[float, float]], torque: bool) -> None:
    for name in robot.joints:
        drive = spec.add_actuator(name=name, target=name)
        drive.trntype = import_mujoco().mjtTrn.mjTRN_JOINT
        if torque:
            drive.set_to_motor()
        else:
            drive.set_to_position(kp=gain(robot.stiffness, name), kv=gain(robot.damping, name))
        if torque and name not in limits:
            raise UserError(
                f"task.actions: torque needs a torque limit for every joint; {name!r} has none in {robot.mjcf}: add "
                "actuatorfrcrange, or set task.actions: position"
            )
        if name in limits:
            drive.forcerange = limits[name]
            drive.forcelimited = True


def _add_springs_and_sensors(robot: Robot, spec: Any) -> None:
    mujoco, own = import_mujoco(), torque_control(robot)
    for name in robot.joints:
        if any(re.fullmatch(pattern, name) for pattern in own.springs):
            spec.joint(name).stiffness = [gain(own.springs, name), 0, 0]
    for name in own.force_sensors:
        site = spec.body(name).add_site(name=f"force_sensor_{name}")
        for kind in (mujoco.mjtSensor.mjSENS_FORCE, mujoco.mjtSensor.mjSENS_TORQUE):
            spec.add_sensor(type=kind, objtype=mujoco.mjtObj.mjOBJ_SITE, objname=site.name)


def _add_ground(spec: Any, visual: bool, terrain: str, graded: bool) -> None:
    mujoco = import_mujoco()
    for name in (FLOOR, GROUND):
        if spec.geom(name) is not None:
            raise UserError(f"a geom of the robot is called {name!r}, which is the ground's name; rename it")
    floor = spec.worldbody.add_geom(name=FLOOR, type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 1])
    floor.friction = [1.0, 0.005, 0.0001]
    if terrain != "flat":
        floor.pos = [0, 0, -FLOOR_DEPTH]
        add_field(spec, terrain, floor.friction, graded)
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
