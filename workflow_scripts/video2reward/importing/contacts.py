"""Which bodies must not touch the ground, and which are counted when they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from video2reward.importing.base import Given
from video2reward.importing.chains import Body, place
from video2reward.importing.shapes import lowest
from video2reward.importing.stance import StandingPose

_CLEAR = 0.01  # m that everything but the feet keeps from the ground


@dataclass(frozen=True)
class Contacts:
    """Names of bodies, in the model's order.

    forbidden: a touch ends the episode; counted: touches are penalised; left_out: they touch the ground in the stance
    """

    forbidden: tuple[str, ...]
    counted: tuple[str, ...]
    left_out: tuple[str, ...]


def find_contacts(model: Any, given: Given, body: Body, stance: StandingPose) -> Contacts:
    """Sort the bodies that can collide: of four legs thighs and trunk are forbidden, of two all but the feet."""
    data = place(model, given, stance.pose)
    feet = {int(model.geom_bodyid[g]) for leg in body.legs for g in leg.soles}
    soles = {g for leg in body.legs for g in leg.soles}
    of_legs: dict[int, bool] = {}  # body -> whether it lies beyond the knee
    for leg in body.legs:
        for part in _below(model, int(model.jnt_bodyid[leg.joints[0]])):
            of_legs[part] = of_legs.get(part, False)
        for part in _below(model, int(model.jnt_bodyid[leg.knee])):
            of_legs[part] = True
    arms = {part for arm in body.arms for part in _below(model, int(model.jnt_bodyid[arm.knee]))}
    forbidden, counted, left_out = [], [], []
    four = len(body.legs) == 4
    for part in _below(model, int(model.body(given.base).id)):
        others = [g for g in _solid(model, part) if g not in soles]
        name = model.body(part).name
        if not others or (part in feet and not four):
            continue
        if min(lowest(model, data, g) for g in others) < -stance.height + _CLEAR:
            left_out.append(name)
            continue
        if not (four and of_legs.get(part)):
            forbidden.append(name)
        if part in of_legs or part in arms:
            counted.append(name)
    if given.base not in forbidden:  # it may have no geom yet (mjcf.add_trunk)
        forbidden.insert(0, given.base)
    return Contacts(tuple(forbidden), tuple(counted), tuple(left_out))


def _below(model: Any, root: int) -> list[int]:
    """Return a body and all that hangs on it."""
    found = {root}
    for body in range(root + 1, model.nbody):
        if int(model.body_parentid[body]) in found:
            found.add(body)
    return sorted(found)


def _solid(model: Any, body: int) -> list[int]:
    first, count = int(model.body_geomadr[body]), int(model.body_geomnum[body])
    return [g for g in range(first, first + count) if model.geom_contype[g] or model.geom_conaffinity[g]]
