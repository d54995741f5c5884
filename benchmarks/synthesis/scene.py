"""A room in MuJoCo with a figure in it, rendered frame by frame; mujoco is imported lazily."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesis.camera import Camera
from synthesis.figure import Figure, Part

WALL_Y = 2.2
UP = np.array([0.0, 0.0, 1.0])
_CAMERA = "film"


@dataclass(frozen=True)
class View:
    """What the camera sees in one frame.

    picture: (H, W, 3) uint8; part: (H, W) index into the figure's parts, -1 elsewhere; depth: (H, W) m
    """

    picture: np.ndarray
    part: np.ndarray
    depth: np.ndarray


def film(figure: Figure, camera: Camera) -> Iterator[View]:
    """Draw every frame of the figure; needs an OpenGL of MuJoCo's (`MUJOCO_GL=egl` without a screen)."""
    part_of_geom = None
    for renderer, data in _scenes(figure, camera, bare=False):
        if part_of_geom is None:
            part_of_geom = np.full(renderer.model.ngeom + 1, -1)
            parts = [renderer.model.geom(part.name).id for part in figure.parts]
            part_of_geom[parts] = np.arange(len(parts))
        yield _look(renderer, data, part_of_geom)


def pictures(figure: Figure, camera: Camera, bare: bool = False) -> Iterator[np.ndarray]:
    """Draw every frame, (H, W, 3) uint8, and nothing but the picture; bare: wall and floor show nothing."""
    for renderer, data in _scenes(figure, camera, bare):
        renderer.update_scene(data, camera=_CAMERA)
        yield renderer.render().copy()


def _scenes(figure: Figure, camera: Camera, bare: bool) -> Iterator[tuple[Any, Any]]:
    """Yield MuJoCo's renderer and data, set to each frame."""
    import mujoco

    model = _model(figure, camera, bare)
    data = mujoco.MjData(model)
    first = model.body(figure.parts[0].name).mocapid[0]
    positions, turns = _poses(figure)
    axes = _quaternions(camera.axes())
    width, height = camera.size
    with mujoco.Renderer(model, height, width) as renderer:
        for t in range(len(figure.times)):
            data.mocap_pos[first : first + len(figure.parts)] = positions[t]
            data.mocap_quat[first : first + len(figure.parts)] = turns[t]
            lens = model.body(_CAMERA).mocapid[0]
            data.mocap_pos[lens], data.mocap_quat[lens] = camera.position, axes[t]
            mujoco.mj_forward(model, data)
            yield renderer, data


def _look(renderer: Any, data: Any, part_of_geom: np.ndarray) -> View:
    import mujoco

    renderer.update_scene(data, camera=_CAMERA)
    picture = renderer.render().copy()
    renderer.enable_segmentation_rendering()
    ids = renderer.render()
    is_geom = ids[..., 1] == int(mujoco.mjtObj.mjOBJ_GEOM)
    part = part_of_geom[np.where(is_geom, ids[..., 0], -1)]
    renderer.disable_segmentation_rendering()
    renderer.enable_depth_rendering()
    depth = renderer.render().copy()
    renderer.disable_depth_rendering()
    return View(picture, part, depth)


def _poses(figure: Figure) -> tuple[np.ndarray, np.ndarray]:
    """Return the parts' centres (T, P, 3) and quaternions w, x, y, z (T, P, 4).

    A part's z axis points from start to end, its y axis sideways.
    """
    centres, turns = [], []
    for part in figure.parts:
        start = figure.points[part.start]
        end = figure.points[part.end] if part.end else start + UP
        along = end - start
        z = along / np.linalg.norm(along, axis=-1, keepdims=True)
        x = np.cross(np.array([0.0, 1.0, 0.0]), z)
        x[np.linalg.norm(x, axis=-1) < 1e-9] = [1.0, 0.0, 0.0]  # of a part that lies sideways
        x /= np.linalg.norm(x, axis=-1, keepdims=True)
        centres.append(0.5 * (start + end) if part.end else start)
        turns.append(_quaternions(np.stack([x, np.cross(z, x), z], axis=-1)))
    return np.stack(centres, axis=1), np.stack(turns, axis=1)


def _quaternions(axes: np.ndarray) -> np.ndarray:
    """Turn rotation matrices (T, 3, 3) into quaternions w, x, y, z (T, 4)."""
    from scipy.spatial.transform import Rotation

    return np.roll(Rotation.from_matrix(axes).as_quat(), 1, axis=-1)


def _model(figure: Figure, camera: Camera, bare: bool) -> Any:
    """Build room, camera and one free-floating body a part."""
    import mujoco

    spec = mujoco.MjSpec()
    _room(spec, camera, bare)
    for part in figure.parts:
        body = spec.worldbody.add_body(name=part.name, mocap=True)
        shape = {
            "capsule": mujoco.mjtGeom.mjGEOM_CAPSULE,
            "ellipsoid": mujoco.mjtGeom.mjGEOM_ELLIPSOID,
            "sphere": mujoco.mjtGeom.mjGEOM_SPHERE,
        }[part.shape]
        body.add_geom(name=part.name, type=shape, size=_size(figure, part), rgba=[*part.colour, 1.0])
    lens = spec.worldbody.add_body(name=_CAMERA, mocap=True)
    lens.add_camera(name=_CAMERA, fovy=float(np.degrees(camera.fovy)))
    return spec.compile()


def _size(figure: Figure, part: Part) -> list[float]:
    """Return MuJoCo's size of a part; its length must not change over time."""
    if part.shape == "sphere":
        return [part.width, 0.0, 0.0]
    lengths = np.linalg.norm(figure.points[part.end] - figure.points[part.start], axis=-1)
    if np.ptp(lengths) > 0.01:
        raise ValueError(f"part {part.name} changes its length by {np.ptp(lengths):.3f} m")
    half = float(lengths.mean()) / 2.0
    if part.shape == "capsule":
        return [part.width, half, 0.0]
    return [part.depth, part.width, half + part.overlap]


def _room(spec: Any, camera: Camera, bare: bool) -> None:
    """Add floor, back wall with panels, and light from the camera's side."""
    import mujoco

    width, height = camera.size
    spec.visual.global_.offwidth, spec.visual.global_.offheight = width, height
    spec.visual.quality.offsamples = 8
    spec.visual.quality.shadowsize = 4096
    spec.visual.headlight.ambient = [0.42, 0.42, 0.42]
    spec.visual.headlight.diffuse = [0.22, 0.22, 0.22]
    spec.visual.headlight.specular = [0.0, 0.0, 0.0]
    spec.visual.map.znear, spec.visual.map.zfar = 0.05, 60.0
    spec.stat.extent, spec.stat.center = 4.0, [0.0, 0.0, 0.5]
    spec.worldbody.add_light(
        type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL,
        pos=[-1.0, -3.0, 5.0],
        dir=[0.2, 0.8, -0.8],
        diffuse=[0.45, 0.45, 0.45],
        specular=[0.0, 0.0, 0.0],
        castshadow=True,
    )
    box = mujoco.mjtGeom.mjGEOM_BOX
    world = spec.worldbody
    world.add_geom(type=box, size=[20, 12, 0.05], pos=[0, 0, -0.05], rgba=[0.52, 0.50, 0.48, 1])
    world.add_geom(type=box, size=[20, 0.05, 2], pos=[0, WALL_Y + 0.05, 2], rgba=[0.74, 0.75, 0.76, 1])
    world.add_geom(type=box, size=[20, 0.02, 0.05], pos=[0, WALL_Y, 0.05], rgba=[0.42, 0.42, 0.43, 1])
    if bare:
        return
    random = np.random.default_rng(7)
    for x in np.arange(-10.0, 10.5, 1.0):
        grey = float(random.uniform(0.58, 0.68))
        half = float(random.uniform(0.15, 0.33))
        tall = float(random.uniform(0.25, 0.45))
        at = [float(x), WALL_Y, float(random.uniform(0.75, 1.15))]
        world.add_geom(type=box, size=[half, 0.02, tall], pos=at, rgba=[grey, grey, 1.04 * grey, 1])
        _poster(world, random, at, half, tall)
        world.add_geom(type=box, size=[0.012, 0.4, 0.002], pos=[float(x), -1.1, 0], rgba=[0.4, 0.4, 0.4, 1])


def _poster(world: Any, random: np.random.Generator, at: list[float], half: float, tall: float) -> None:
    """Put a few grey patches on a panel: something to follow the background by."""
    import mujoco

    for row in (-0.6, -0.1, 0.4):
        width, high = half * float(random.uniform(0.2, 0.4)), tall * float(random.uniform(0.10, 0.18))
        x = at[0] + half * float(random.uniform(-0.45, 0.45))
        grey = float(random.choice([0.38, 0.48, 0.78]))
        world.add_geom(
            type=mujoco.mjtGeom.mjGEOM_BOX,
            size=[width, 0.03, high],
            pos=[x, at[1], at[2] + row * tall],
            rgba=[grey, grey, grey, 1],
        )
