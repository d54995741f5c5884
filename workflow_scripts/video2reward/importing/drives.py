"""Gains and torque limits: those of the model, else figures from mass, leg length and inertia."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from video2reward.importing.base import Given
from video2reward.importing.chains import Body, place, tip_of
from video2reward.importing.stance import StandingPose

# Per number of legs, in parts of weight times leg length: ANYmal C, Go2 and humanoids lie near these.
_STIFF = {4: 0.45, 2: 0.9}
_STRONG = {4: 0.75, 2: 0.5}
_HOLD_STIFF, _HOLD_STRONG = 10.0, 3.0  # of arms and waist, in parts of what holds them out level
_SAG = 0.1  # rad that a joint may give way in the stance
_DAMPING_RATIO = 0.5
_DAMPING_BOUNDS = {
    4: (0.025, 0.06),
    2: (0.05, 0.06),
}  # s, damping by stiffness; on two legs ankles carry the whole body
_ROTOR = 1.25e-4  # kg m^2 per N m of torque limit: ANYmal's and G1's drives
_LEAST = 1.0  # N m and N m/rad


@dataclass(frozen=True)
class Drives:
    """What the joints are driven with.

    stiffness: joint -> N m/rad; damping: joint -> N m s/rad; limits: joint -> lowest and highest torque, N m
    rotors: joint -> kg m^2 of its drive's rotor, of the joints that have neither that (armature) nor damping in the model
    guessed_gains, guessed_limits: the joints of which the model said nothing
    """

    stiffness: dict[str, float]
    damping: dict[str, float]
    limits: dict[str, tuple[float, float]]
    rotors: dict[str, float]
    guessed_gains: tuple[str, ...]
    guessed_limits: tuple[str, ...]

    def scaled(self, factor: float) -> Drives:
        """Return the drives with other guessed gains; those of the model stay."""
        more = {name: factor if name in self.guessed_gains else 1.0 for name in self.stiffness}
        return replace(
            self,
            stiffness={name: _rounded(value * more[name]) for name, value in self.stiffness.items()},
            damping={name: _rounded(value * more[name]) for name, value in self.damping.items()},
        )


def find_drives(model: Any, given: Given, body: Body, stance: StandingPose) -> Drives:
    """Return the drives; joints of one kind (left and right, fore and hind) get the same guess."""
    data = place(model, given, stance.pose)
    legs, kinds = len(body.legs), _kinds(model, given, body)
    weight = model.body(given.base).subtreemass[0] * 9.81
    moment = weight * np.mean([data.xanchor[leg.hip, 2] + stance.height for leg in body.legs])
    inertia, load = _inertia(model, data), _load(model, data, given, body)
    leg_joints = {model.joint(j).name for leg in body.legs for j in leg.joints}
    stiffness, damping = dict.fromkeys(given.joints, 0.0), dict.fromkeys(given.joints, 0.0)  # in their order
    limits = dict(given.limits)
    # One for all joints of the legs: a soft hip above a stiff knee lets the trunk drift.
    leg_stiffness = max(_STIFF[legs] * moment, max(load[name] for name in leg_joints) / _SAG)
    least, most = _DAMPING_BOUNDS[legs]
    for names in kinds.values():
        hold = max(_hold(model, data, name) for name in names)
        on_leg = names[0] in leg_joints
        k = leg_stiffness if on_leg else min(_HOLD_STIFF * hold, leg_stiffness)
        strength = _rounded(max(_LEAST, _STRONG[legs] * moment if on_leg else _HOLD_STRONG * hold))
        heavy = max(inertia[model.joint(name).dofadr[0]] for name in names)
        for name in names:
            own, slow = given.gains.get(name, (_rounded(max(_LEAST, k)), 0.0))
            critical = 2 * _DAMPING_RATIO * np.sqrt(own * heavy)
            stiffness[name] = own
            damping[name] = slow or _rounded(float(np.clip(critical, own * least, own * most)))
            limits.setdefault(name, (-strength, strength))
    silent = tuple(name for name in given.joints if name not in given.gains)
    order = given.joints
    rotors = {n: _rounded(_ROTOR * limits[n][1]) for n in order if _bare(model, n)}
    return Drives(
        stiffness, damping, limits, rotors, silent, tuple(n for n in given.joints if n not in given.limits)
    )


def _bare(model: Any, name: str) -> bool:
    dof = int(model.joint(name).dofadr[0])
    return not model.dof_armature[dof] and not model.dof_damping[dof]


def _load(model: Any, data: Any, given: Given, body: Body) -> dict[str, float]:
    """Return the torque that each joint needs to stand, N m, with the weight on all feet alike."""
    import mujoco

    torque, slope = data.qfrc_bias.copy(), np.zeros((3, model.nv))
    share = model.body(given.base).subtreemass[0] * 9.81 / len(body.legs)
    for leg in body.legs:
        mujoco.mj_jac(model, data, slope, None, tip_of(data, leg), leg.end)
        torque -= share * slope[2]
    return {name: abs(float(torque[model.joint(name).dofadr[0]])) for name in given.joints}


def _kinds(model: Any, given: Given, body: Body) -> dict[str, list[str]]:
    """Return joints that are counterparts: the same number along a leg or along an arm."""
    kinds: dict[str, list[str]] = defaultdict(list)
    placed = set()
    for kind, chains in (("leg", body.legs), ("arm", body.arms)):
        for chain in chains:
            for number, joint in enumerate(chain.joints):
                name = model.joint(joint).name
                if name not in placed:
                    kinds[f"{kind} {number} of {len(chain.joints)}"].append(name)
                    placed.add(name)
    for name in given.joints:
        if name not in placed:
            kinds[name].append(name)
    return kinds


def _hold(model: Any, data: Any, name: str) -> float:
    """Return the torque that holds everything beyond a joint out level, N m."""
    joint = model.joint(name)
    root, total = int(joint.bodyid[0]), 0.0
    for body in range(root, model.nbody):
        above = body
        while above not in (0, root):
            above = int(model.body_parentid[above])
        if above == root:
            arm = np.linalg.norm(data.xipos[body] - data.xanchor[joint.id])
            total += float(model.body_mass[body] * 9.81 * arm)
    return total


def _inertia(model: Any, data: Any) -> np.ndarray:
    """Return the inertia about each degree of freedom, all others held, (nv,) kg m^2."""
    import mujoco

    full = np.zeros((model.nv, model.nv))
    mujoco.mj_fullM(model, data, full)
    return np.diag(full)


def _rounded(value: float) -> float:
    """Round to two digits: a guess has no more."""
    return float(f"{value:.2g}")
