"""A pose solved for: feet level below the hips, knees bent, soles flat."""

from __future__ import annotations

from typing import Any

import numpy as np

from video2reward.importing.base import Given
from video2reward.importing.chains import Body, Chain, place, tip_of
from video2reward.importing.shapes import placed

_STRETCH = {4: 0.8, 2: 0.95}  # how far legs are stretched in a solved stance, of their full length
_KNEE = 0.8  # rad from which a solved knee starts, to either side
_ROUNDS, _DAMPING, _STEP = 200, 1e-4, 0.2
_TURN = 0.2  # m that a radian of a tilted sole counts


def solved_pose(model: Any, given: Given, body: Body) -> dict[str, float]:
    """Return a pose with the feet below the hips, of two legs below the centre of mass, with flat soles."""
    shift, pose = 0.0, dict[str, float]()
    for _ in range(6 if len(body.legs) == 2 else 1):
        data = place(model, given, pose)
        for leg in body.legs:
            pose |= _bent(model, given, body, leg, shift)
        data = place(model, given, pose)
        soles = np.concatenate([placed(model, data, g)[:, 0] for leg in body.legs for g in leg.soles])
        shift += float(data.subtree_com[model.body(given.base).id, 0] - 0.5 * (soles.max() + soles.min()))
    return pose


def _bent(model: Any, given: Given, body: Body, leg: Chain, shift: float) -> dict[str, float]:
    """Return one leg's angles: of the two ways to bend the knee the one that reaches, else the animal's."""
    straight = place(model, given, {})
    hip, knee, tip = straight.xanchor[leg.hip], straight.xanchor[leg.knee], tip_of(straight, leg)
    foot = straight.xanchor[leg.ankle] if leg.ankle is not None else tip
    full = np.linalg.norm(knee - hip) + np.linalg.norm(foot - knee)
    down = _STRETCH[len(body.legs)] * full + (foot - tip)[2]
    target = np.array([hip[0] + (tip - foot)[0] + shift, tip[1], hip[2] - down])
    forward = not leg.name.endswith("fore")  # a dog's elbow points back, its knee and a person's forward
    found = []
    for bend in (_KNEE, -_KNEE):
        angles, miss, ahead = _reach(model, given, leg, target, bend, flat=leg.ankle is not None)
        found.append((round(miss, 2), ahead != forward, angles))
    return min(found, key=lambda entry: entry[:2])[2]


def _reach(
    model: Any, given: Given, leg: Chain, target: np.ndarray, bend: float, flat: bool
) -> tuple[dict[str, float], float, bool]:
    """Return a leg's angles at which its foot is at `target`, how much it misses, m, and whether the knee is ahead.

    Damped least squares from a knee bent by `bend`; flat: the sole keeps the direction that it has with straight legs
    """
    import mujoco

    names = [model.joint(j).name for j in leg.joints]
    data = place(model, given, {})
    sole, local = (
        data.xmat[leg.end].copy(),
        (tip_of(data, leg) - data.xpos[leg.end]) @ data.xmat[leg.end].reshape(3, 3),
    )
    same = float(np.sign(data.xaxis[leg.hip] @ data.xaxis[leg.knee]))
    data = place(
        model, given, {model.joint(leg.knee).name: bend, model.joint(leg.hip).name: -0.5 * same * bend}
    )
    dofs, at = [model.jnt_dofadr[j] for j in leg.joints], [model.jnt_qposadr[j] for j in leg.joints]
    low, high = np.array([given.ranges.get(name, (-np.pi, np.pi)) for name in names]).T
    slope, turn = np.zeros((3, model.nv)), np.zeros((3, model.nv))
    miss = np.inf
    for _ in range(_ROUNDS):
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        point = data.xmat[leg.end].reshape(3, 3) @ local + data.xpos[leg.end]
        mujoco.mj_jac(model, data, slope, turn, point, leg.end)
        wrong, rows = target - point, slope[:, dofs]
        if flat:
            wrong = np.concatenate([wrong, _TURN * small_turn(sole, data.xmat[leg.end])])
            rows = np.concatenate([rows, _TURN * turn[:, dofs]])
        miss = float(np.linalg.norm(wrong))
        step = rows.T @ np.linalg.solve(rows @ rows.T + _DAMPING * np.eye(len(wrong)), wrong)
        data.qpos[at] = np.clip(data.qpos[at] + np.clip(step, -_STEP, _STEP), low, high)
    ahead = data.xanchor[leg.knee][0] > 0.5 * (data.xanchor[leg.hip][0] + target[0])
    return dict(zip(names, map(float, data.qpos[at]), strict=True)), miss, bool(ahead)


def small_turn(target: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Return the small rotation (3,) rad that turns `now` into `target`, both matrices (9,) or (3, 3)."""
    a, b = np.reshape(now, (3, 3)), np.reshape(target, (3, 3))
    return np.asarray(0.5 * np.cross(a, b, axis=0).sum(axis=1))
