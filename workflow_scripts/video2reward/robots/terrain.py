"""Ground that is not flat: height fields of stated sizes, made of numbers alone, and their height at a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

GROUND = "terrain"
"""Name of the height field's geom and asset."""
LENGTH, WIDTH, CELL = 80.0, 32.0, 0.08
"""Size of every field along x and y and of its square cells, m."""
START = 8.0
"""Agents start on the field's first metres along x (facing along x) and as far from its middle line, m."""
FLOOR_DEPTH = 0.02
"""The flat floor, for who leaves the field, lies this far below the field's lowest point, m."""

# Of the ground below the field, m. MuJoCo collides with columns of the field's height and this: through thin ones, feet are
# pushed sideways or down.
_THICKNESS = 1.0
_LEVEL, _FULL = (
    1.0,
    6.0,
)  # m from the middle line: a graded terrain is level to there, and of its full size from there on
_BUMP, _GRAIN = 0.06, 0.24
_GRADIENT, _CLIMB = 0.14, 4.0
_RISE, _TREAD, _STEPS, _LANDING = 0.06, 0.32, 5, 1.2


@dataclass(frozen=True)
class Terrain:
    """A kind of ground: what it is in words, and its heights (rows along y, columns along x), m, at least 0."""

    words: str
    heights: Callable[[np.ndarray, np.ndarray], np.ndarray]


def _rough(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Independent heights every 24 cm, uniform in 0 to 6 cm, joined by planes; the same field every time."""
    from scipy.ndimage import zoom

    ratio = round(_GRAIN / CELL)
    coarse = np.random.default_rng(0).uniform(0, _BUMP, (len(y) // ratio + 2, len(x) // ratio + 2))
    return np.asarray(zoom(coarse, ratio, order=1)[: len(y), : len(x)])


def _slopes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """4 m up and 4 m down in turn along x, at half the gradient along y."""

    def climb(way: np.ndarray) -> np.ndarray:
        return _CLIMB - np.abs(way % (2 * _CLIMB) - _CLIMB)

    return np.asarray(_GRADIENT * (climb(x)[None, :] + climb(y)[:, None] / 2))


def _stairs(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Flights of five steps up, a landing, five steps down, a landing, along x."""
    flight = (_STEPS - 1) * _TREAD
    way = (x + CELL / 4) % (2 * (flight + _LANDING))  # off the treads' ends, where rounding would decide
    up = np.clip(np.ceil((way - _LANDING) / _TREAD), 0, _STEPS)
    down = np.clip(np.ceil((way - 2 * _LANDING - flight) / _TREAD), 0, _STEPS)
    return np.asarray(np.tile(_RISE * (up - down), (len(y), 1)))


TERRAINS: dict[str, Terrain] = {
    "rough": Terrain("bumps of up to 6 cm every 24 cm", _rough),
    "slopes": Terrain("4 m up and 4 m down in turn at a gradient of 14 %, across at 7 %", _slopes),
    "stairs": Terrain("five steps of 6 cm up, five down, treads of 32 cm, landings of 1.2 m", _stairs),
}
"""Each value of `task.terrain` but flat."""


def terrain_in_words(name: str, graded: bool) -> str:
    """Return what a terrain is like; "" if it is flat."""
    if name == "flat":
        return ""
    words = TERRAINS[name].words
    return f"{words}, or less, down to level ground" if graded else words


def field_heights(name: str, graded: bool = False) -> np.ndarray:
    """Return a terrain's heights (R, C), m, rows along y, columns along x, at the cells' corners.

    graded: from level ground along the middle line to the full size 6 m to either side. Agents walk along x, and start up to
    8 m to either side, so each keeps to ground of about one size, and all sizes are trained on at once.
    """
    x = np.arange(round(LENGTH / CELL) + 1) * CELL
    y = np.arange(round(WIDTH / CELL) + 1) * CELL
    size = np.clip((np.abs(y - WIDTH / 2) - _LEVEL) / (_FULL - _LEVEL), 0, 1) if graded else np.ones(len(y))
    return TERRAINS[name].heights(x, y) * size[:, None]


def add_field(spec: Any, name: str, friction: Any, graded: bool = False) -> None:
    """Lay a terrain into a robot's world; agents start about the world's origin."""
    import mujoco

    heights = field_heights(name, graded)
    top = float(heights.max())
    spec.add_hfield(
        name=GROUND, nrow=heights.shape[0], ncol=heights.shape[1], userdata=(heights / top).ravel(),
        size=[LENGTH / 2, WIDTH / 2, top, _THICKNESS],
    )  # fmt: skip
    geom = spec.worldbody.add_geom(name=GROUND, type=mujoco.mjtGeom.mjGEOM_HFIELD, hfieldname=GROUND)
    geom.pos = [LENGTH / 2 - START / 2, 0, 0]
    geom.friction = friction


class Ground:
    """The heights of a compiled model's field, for any number of places at once."""

    def __init__(self, model: Any) -> None:
        """Copy the field of a model that has one (`has_field`)."""
        import torch

        number = model.hfield(GROUND).id
        rows, columns = int(model.hfield_nrow[number]), int(model.hfield_ncol[number])
        start, (half_x, half_y, top, _) = int(model.hfield_adr[number]), model.hfield_size[number]
        heights = model.hfield_data[start : start + rows * columns].reshape(rows, columns) * top
        self._heights = torch.tensor(heights, dtype=torch.float32)
        place = model.geom(GROUND).pos
        self._corner = (float(place[0] - half_x), float(place[1] - half_y))
        self._cell = (float(2 * half_x / (columns - 1)), float(2 * half_y / (rows - 1)))

    def height(self, x: Tensor, y: Tensor) -> Tensor:
        """Return the ground's height under places x, y of the world, m, of the same shape; beside the field the floor's.

        A cell is two triangles, divided as MuJoCo divides it.
        """
        import torch

        rows, columns = self._heights.shape
        u, v = (x - self._corner[0]) / self._cell[0], (y - self._corner[1]) / self._cell[1]
        inside = (u >= 0) & (u <= columns - 1) & (v >= 0) & (v <= rows - 1)
        u, v = u.nan_to_num(0.0), v.nan_to_num(0.0)
        column, row = u.long().clamp(0, columns - 2), v.long().clamp(0, rows - 2)
        u, v = u - column, v - row
        low, right = self._heights[row, column], self._heights[row, column + 1]
        above, far = self._heights[row + 1, column], self._heights[row + 1, column + 1]
        lower = low + u * (right - low) + v * (far - right)
        upper = low + u * (far - above) + v * (above - low)
        return torch.where(inside, torch.where(v <= u, lower, upper), -FLOOR_DEPTH)


def has_field(model: Any) -> bool:
    """Whether a compiled model's ground is a terrain."""
    return bool(model.nhfield) and any(model.hfield(i).name == GROUND for i in range(model.nhfield))
