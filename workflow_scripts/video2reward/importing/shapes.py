"""Where a model's geoms reach: their surfaces as points, which need no OpenGL."""

from __future__ import annotations

from typing import Any

import numpy as np

_ROUND = 24  # points around a round shape


def surface(model: Any, geom: int) -> np.ndarray:
    """Return points on a geom's surface, (P, 3) m in the geom's frame, corners included; (0, 3) of a plane."""
    import mujoco

    size, kinds = model.geom_size[geom], mujoco.mjtGeom
    kind = kinds(int(model.geom_type[geom]))
    if kind == kinds.mjGEOM_MESH:
        mesh = int(model.geom_dataid[geom])
        first, count = int(model.mesh_vertadr[mesh]), int(model.mesh_vertnum[mesh])
        return np.asarray(model.mesh_vert[first : first + count], float)
    if kind == kinds.mjGEOM_BOX:
        return size * _grid([-1, 1], [-1, 1], [-1, 1])
    if kind == kinds.mjGEOM_SPHERE:
        return size[0] * _ball()
    if kind == kinds.mjGEOM_ELLIPSOID:
        return size * _ball()
    if kind in (kinds.mjGEOM_CAPSULE, kinds.mjGEOM_CYLINDER):
        ring = _ball() if kind == kinds.mjGEOM_CAPSULE else _ring()
        return np.concatenate([size[0] * ring + [0, 0, end * size[1]] for end in (-1, 1)])
    return np.zeros((0, 3))


def placed(model: Any, data: Any, geom: int) -> np.ndarray:
    """Return a geom's surface in the world, (P, 3) m."""
    return surface(model, geom) @ data.geom_xmat[geom].reshape(3, 3).T + data.geom_xpos[geom]


def lowest(model: Any, data: Any, geom: int) -> float:
    """Return the height of a geom's lowest point, m; of a ball exactly; infinite for a plane."""
    import mujoco

    if model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_SPHERE:
        return float(data.geom_xpos[geom, 2] - model.geom_size[geom, 0])
    points = placed(model, data, geom)
    return float(points[:, 2].min()) if len(points) else float("inf")


def _grid(*axes: list[float]) -> np.ndarray:
    return np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 3)


def _ring() -> np.ndarray:
    turn = 2 * np.pi * np.arange(_ROUND) / _ROUND
    return np.stack([np.cos(turn), np.sin(turn), 0 * turn], axis=-1)


def _ball() -> np.ndarray:
    tilt = np.linspace(-np.pi / 2, np.pi / 2, _ROUND // 2 + 1)[:, None]
    ring = _ring()
    return np.concatenate([np.cos(t) * ring + [0, 0, np.sin(t)[0]] for t in tilt])
