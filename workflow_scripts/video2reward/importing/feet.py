"""The geoms that a robot stands on: one for each leg, as robot.yaml's `feet` names them."""

from __future__ import annotations

from typing import Any

import numpy as np

from video2reward.importing.base import Given
from video2reward.importing.chains import Body, place
from video2reward.importing.shapes import placed
from video2reward.importing.source import UNNAMED, unused

_SOLE = 0.01  # m, half the thickness of a sole that we add


def add_feet(spec: Any, model: Any, given: Given, body: Body, notes: list[str]) -> tuple[str, ...]:
    """Name each leg's foot geom; a sole of several geoms gets one box around them. Return their names."""
    import mujoco

    data, feet = place(model, given, {}), []
    used = {geom.name for geom in spec.geoms}
    for leg in body.legs:
        if len(leg.soles) == 1:
            geom = spec.geom(model.geom(leg.soles[0]).name)
            if geom.name.startswith(UNNAMED):
                geom.name = unused(f"{leg.name}_foot", used)
            feet.append(str(geom.name))
            continue
        name = unused(f"{leg.name}_sole", used)
        points = np.concatenate([placed(model, data, g) for g in leg.soles])
        low, high = points.min(axis=0), points.max(axis=0)
        middle = np.array([*(0.5 * (low + high))[:2], low[2] + _SOLE])
        turn = data.xmat[leg.end].reshape(3, 3)
        spec.body(model.body(leg.end).name).add_geom(
            name=name, type=mujoco.mjtGeom.mjGEOM_BOX, size=[*(0.5 * (high - low))[:2], _SOLE], pos=turn.T @ (middle - data.xpos[leg.end]),
            quat=_conjugate(data.xquat[leg.end]), mass=0, group=3, contype=1, conaffinity=1,
        )  # fmt: skip
        feet.append(name)
    if len(body.legs[0].soles) > 1:
        notes.append(
            f"Each foot has {len(body.legs[0].soles)} geoms that touch the ground; one box around them stands for them."
        )
    return tuple(feet)


def _conjugate(quaternion: np.ndarray) -> list[float]:
    w, x, y, z = quaternion
    return [w, -x, -y, -z]
