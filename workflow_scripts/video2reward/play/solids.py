"""The shapes of a MuJoCo model as triangles, in the frames of their bodies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

_AROUND, _ALONG = 24, 12  # slices and stacks of round shapes
_SHOWN = range(3)  # geom groups that MuJoCo's viewer shows
_PLAIN = (0.5, 0.5, 0.5, 1.0)  # a geom's colour that says nothing, so that its material's counts

Triangles = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Solid:
    """One geom.

    vertices: (V, 3) m in the geom's frame, faces: (F, 3); colour: (4,) red, green, blue, opacity, 0..1
    body: its number; position (3,) m and quaternion (4,) w x y z: of the geom's frame in its body's
    """

    geom: int
    body: int
    vertices: np.ndarray
    faces: np.ndarray
    colour: np.ndarray
    position: np.ndarray
    quaternion: np.ndarray


def solids(model: Any) -> list[Solid]:
    """Return what is to be seen of a model (robots.model.build_model, visual) but for the ground."""
    found = []
    for geom in range(model.ngeom):
        shape = _triangles(model, geom)
        colour = _colour(model, geom)
        if shape is None or colour[3] == 0 or model.geom_group[geom] not in _SHOWN:
            continue
        place = np.array(model.geom_pos[geom]), np.array(model.geom_quat[geom])
        found.append(Solid(geom, int(model.geom_bodyid[geom]), *shape, colour, *place))
    return found


def _triangles(model: Any, geom: int) -> Triangles | None:
    """Return a geom's surface; None for planes and for kinds that robots do not have."""
    import mujoco

    kind = mujoco.mjtGeom(model.geom_type[geom]).name.removeprefix("mjGEOM_")
    if kind == "MESH":
        mesh = int(model.geom_dataid[geom])
        first, count = int(model.mesh_vertadr[mesh]), int(model.mesh_vertnum[mesh])
        start, faces = int(model.mesh_faceadr[mesh]), int(model.mesh_facenum[mesh])
        return (
            np.array(model.mesh_vert[first : first + count]),
            np.array(model.mesh_face[start : start + faces]),
        )
    return _SHAPES[kind](np.array(model.geom_size[geom], float)) if kind in _SHAPES else None


def _colour(model: Any, geom: int) -> np.ndarray:
    own, material = np.array(model.geom_rgba[geom], float), int(model.geom_matid[geom])
    plain = np.allclose(own, _PLAIN, atol=1e-6)
    return np.array(model.mat_rgba[material], float) if material >= 0 and plain else own


def _turned(profile: np.ndarray) -> Triangles:
    """Turn a profile (P, 2), radius and height from the bottom up, about the z axis."""
    angles = 2 * np.pi * np.arange(_AROUND) / _AROUND
    rings = [np.stack([r * np.cos(angles), r * np.sin(angles), np.full(_AROUND, z)], 1) for r, z in profile]
    here = np.arange(_AROUND)
    there, faces = (here + 1) % _AROUND, []
    for ring in range(len(profile) - 1):
        low, high = ring * _AROUND, (ring + 1) * _AROUND
        faces += [
            np.stack([low + here, low + there, high + there], 1),
            np.stack([low + here, high + there, high + here], 1),
        ]
    return np.concatenate(rings), np.concatenate(faces)


def _round(start: float, end: float) -> np.ndarray:
    """Return a circle's arc as radius and height, (12, 2), for angles above the horizon, rad."""
    angles = np.linspace(start, end, _ALONG)
    return np.stack([np.cos(angles), np.sin(angles)], 1)


def _ellipsoid(size: np.ndarray) -> Triangles:
    vertices, faces = _turned(_round(-np.pi / 2, np.pi / 2))
    return vertices * size, faces


def _capsule(size: np.ndarray) -> Triangles:
    radius, half = size[:2]
    lower, upper = radius * _round(-np.pi / 2, 0.0), radius * _round(0.0, np.pi / 2)
    lower[:, 1] -= half
    upper[:, 1] += half
    return _turned(np.concatenate([lower, upper]))


def _cylinder(size: np.ndarray) -> Triangles:
    radius, half = size[:2]
    # Rims twice, so that shading does not round them off.
    return _turned(
        np.array([(0, -half), (radius, -half), (radius, -half), (radius, half), (radius, half), (0, half)])
    )


def _box(size: np.ndarray) -> Triangles:
    """Return six faces with corners of their own, so that shading keeps the edges."""
    vertices: list[np.ndarray] = []
    faces: list[np.ndarray] = []
    for axis in range(3):
        for side in (-1.0, 1.0):
            corners = np.zeros((4, 3))
            corners[:, axis] = side
            corners[:, (axis + 1) % 3] = [-1, 1, 1, -1]
            corners[:, (axis + 2) % 3] = [-1, -1, 1, 1]
            order = [(0, 1, 2), (0, 2, 3)] if side > 0 else [(0, 2, 1), (0, 3, 2)]
            faces.append(np.array(order) + 4 * len(vertices))
            vertices.append(corners * size)
    return np.concatenate(vertices), np.concatenate(faces)


_SHAPES: dict[str, Callable[[np.ndarray], Triangles]] = {
    "SPHERE": lambda size: _ellipsoid(np.full(3, size[0])),
    "ELLIPSOID": _ellipsoid,
    "CAPSULE": _capsule,
    "CYLINDER": _cylinder,
    "BOX": _box,
}
