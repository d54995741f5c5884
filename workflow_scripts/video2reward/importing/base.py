"""The robot within a model: its base freed, everything named, drives and scenery gone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.errors import UserError
from video2reward.importing.source import Source, unused
from video2reward.robots.mjcf import take_robot, torque_limits


@dataclass(frozen=True)
class Given:
    """What the model says by itself.

    joints: the hinges that shall be driven, in the model's order
    limits: joint -> lowest and highest torque, N m; gains: joint -> N m/rad, N m s/rad, of its position actuator
    poses: the keyframes by name, joint -> rad; ranges: joint -> rad, of the joints that have one
    """

    base: str
    joints: tuple[str, ...]
    limits: dict[str, tuple[float, float]]
    gains: dict[str, tuple[float, float]]
    poses: dict[str, dict[str, float]]
    ranges: dict[str, tuple[float, float]]


def take(source: Source, notes: list[str]) -> tuple[Any, Given]:
    """Return the robot alone (mujoco.MjSpec, its base free) and what its model gave; `notes` gets what was changed.

    Raises:
        UserError: no body can be the base, or no hinge can be driven
    """
    spec = source.spec
    model = spec.compile()
    base = _free_base(spec, model, source.file, notes)
    model = spec.compile()
    joints = _driven(spec, model, base, source.file, notes)
    given = Given(
        base=base,
        joints=joints,
        limits={name: ends for name, ends in torque_limits(spec).items() if name in joints},
        gains=_gains(model, joints),
        poses=_poses(model, joints),
        ranges={name: tuple(model.joint(name).range) for name in joints if model.joint(name).limited[0]},
    )
    take_robot(spec, base, source.file)
    return spec, given


def _free_base(spec: Any, model: Any, file: Path, notes: list[str]) -> str:
    """Return the name of the body that moves freely: the one that does, or else the heaviest tree's root, set free."""
    import mujoco

    free = [body for body in spec.bodies for joint in body.joints if joint.type == mujoco.mjtJoint.mjJNT_FREE]
    roots = [body for body in spec.bodies[1:] if body.parent == spec.worldbody]
    if not roots:
        raise UserError(f"{file}: there is no body in it, only the world; name a model of a robot")
    heaviest = max(free or roots, key=lambda body: model.body(body.name).subtreemass[0])
    if not free:
        if held := ", ".join(joint.name for joint in heaviest.joints):
            raise UserError(
                f"{file}: the base {heaviest.name!r} is tied to the world by joints ({held}): this looks like an arm, or a walker "
                "in a plane; if it is a robot on legs, put <freejoint/> in their place"
            )
        heaviest.add_freejoint(name=unused("root", {joint.name for joint in spec.joints}))
        notes.append(f"The base {heaviest.name} was fixed to the world; it now has a free joint.")
    elif len(free) > 1:
        others = ", ".join(body.name for body in free if body != heaviest)
        notes.append(
            f"Several bodies move freely; the heaviest, {heaviest.name}, is the robot, left out: {others}."
        )
    return str(heaviest.name)


def _driven(spec: Any, model: Any, base: str, file: Path, notes: list[str]) -> tuple[str, ...]:
    """Return the hinges with an actuator, or all, in the model's order, if none has one."""
    import mujoco

    parts = spec.body(base).find_all("joint")
    hinges = [joint.name for joint in parts if joint.type == mujoco.mjtJoint.mjJNT_HINGE]
    if not hinges:
        raise UserError(
            f"{file}: no hinge joint moves anything on {base!r}; only hinges can be driven: name a model with legs"
        )
    joints = {
        int(k) for k, kind in zip(model.actuator_trnid[:, 0], model.actuator_trntype, strict=True) if kind < 2
    }
    moved = {model.joint(k).name for k in joints}
    chosen = [name for name in hinges if name in moved] or hinges
    if not moved & set(hinges):
        notes.append("The model has no actuators on joints: all its hinges are driven.")
    elif left := [name for name in hinges if name not in moved]:
        notes.append(f"Hinges without an actuator swing freely: {', '.join(left)}.")
    if other := [joint.name for joint in parts if joint.type == mujoco.mjtJoint.mjJNT_SLIDE]:
        notes.append(f"Sliding joints are not driven and swing freely: {', '.join(other)}.")
    return tuple(sorted(chosen, key=lambda name: int(model.joint(name).id)))


def _gains(model: Any, joints: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """Return the gains of position actuators; the damping of the joint itself stays in the model."""
    import mujoco

    found = {}
    for k in range(model.nu):
        stiffness, damping = model.actuator_gainprm[k, 0], -model.actuator_biasprm[k, 2]
        affine = model.actuator_biastype[k] == mujoco.mjtBias.mjBIAS_AFFINE
        name = model.joint(model.actuator_trnid[k, 0]).name if model.actuator_trntype[k] < 2 else ""
        if (
            affine
            and name in joints
            and stiffness > 0
            and np.isclose(-model.actuator_biasprm[k, 1], stiffness)
        ):
            found[name] = float(stiffness), float(max(damping, 0))
    return found


def _poses(model: Any, joints: tuple[str, ...]) -> dict[str, dict[str, float]]:
    where = {name: int(model.joint(name).qposadr[0]) for name in joints}
    return {
        model.key(k).name or f"keyframe {k}": {
            name: float(model.key_qpos[k, at]) for name, at in where.items()
        }
        for k in range(model.nkey)
    }
