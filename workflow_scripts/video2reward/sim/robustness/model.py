"""A model an agent: the fields of MuJoCo's model that the quantities of `OF_MODEL` change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from video2reward.sim.physics import Plant

FIELDS = (
    "pair_friction", "body_mass", "body_inertia", "body_ipos",
    "actuator_gainprm", "actuator_biasprm", "actuator_forcerange",
)  # fmt: skip
"""Of mujoco.MjModel: what the quantities change."""
DERIVED = ("body_subtreemass", "body_invweight0", "dof_invweight0", "actuator_acc0")
"""What MuJoCo computes from them once, mj_setConst."""


def vary_models(batch: Any, plant: Plant, rows: Tensor, values: Mapping[str, Tensor]) -> None:
    """Give the simulations `rows` (K,) of a mujoco.batch.Batch the plant's model with these values, see `Physics.vary`."""
    index = rows.cpu().numpy()
    fields = _fields(plant.model, plant.robot.base, plant.torque, values, len(rows))
    for name, field in fields.items():
        batch.expand(name)[index] = field.numpy()
    batch.set_const(index)


def _fields(
    model: Any, base: str, torque: bool, values: Mapping[str, Tensor], count: int
) -> dict[str, Tensor]:
    """Return each of `FIELDS` for K = `count` agents, (K, ...), float64; what is not among the values stays the model's."""
    fields = {
        name: torch.from_numpy(getattr(model, name).copy()).repeat(count, *[1] * getattr(model, name).ndim)
        for name in FIELDS
    }
    given = {name: value.double().cpu() for name, value in values.items()}
    body = model.body(base).id
    if "friction" in given:
        fields["pair_friction"][:, :, :2] = given["friction"][:, None, None]
    if "trunk_mass" in given:
        fields["body_mass"][:, body] *= given["trunk_mass"]
        fields["body_inertia"][:, body] *= given["trunk_mass"][:, None]
    if "trunk_com" in given:
        fields["body_ipos"][:, body] += given["trunk_com"]
    _vary_drives(fields, torque, given)
    return fields


def _vary_drives(fields: dict[str, Tensor], torque: bool, given: Mapping[str, Tensor]) -> None:
    """Scale gains and limits; a drive's torque is gain[0] * control + bias[1] * angle + bias[2] * rate."""
    one = torch.ones(len(fields["body_mass"]), dtype=torch.float64)
    strength = given.get("motor_strength", one)
    stiffness, damping = (one if torque else given.get(name, one) for name in ("stiffness", "damping"))
    fields["actuator_gainprm"][:, :, 0] *= (strength * stiffness)[:, None]
    fields["actuator_biasprm"][:, :, 1] *= (strength * stiffness)[:, None]
    fields["actuator_biasprm"][:, :, 2] *= (strength * damping)[:, None]
    fields["actuator_forcerange"] *= strength[:, None, None]
