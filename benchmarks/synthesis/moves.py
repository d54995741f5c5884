"""Ways to move a robot's joints by a clip's cycle, from exactly to not at all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.geometry import sample_cycle, trunk_ends
from video2reward.similarity.posture import wanted_posture
from video2reward.skeletons import skeleton

DT = 0.02
# (A, T) cycles of the clip's stride, random numbers -> (A, T, J, 2) body lengths about the trunk's middle
Moves = Callable[[Reference, np.ndarray, np.random.Generator], np.ndarray]


def clip(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move as the clip."""
    return _at(reference.target, phase)


def within_reach(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move as the clip as far as the robot's legs allow."""
    return _at(reference.cycle, phase)


def standing(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hold every joint at its mean place."""
    return np.broadcast_to(reference.target.mean(axis=0), (*phase.shape, *reference.target.shape[1:])).copy()


def reversed_in_time(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Play the clip backwards."""
    return _at(reference.target, -phase)


def backwards(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Swing every joint back where the clip swings it forth."""
    mean = reference.target.mean(axis=0)
    return mean + (_at(reference.target, phase) - mean) * [-1.0, 1.0]


def sides_swapped(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move the left joints as the right ones and the other way round."""
    return _swapped(reference, phase, reference.keypoint_names)


def hind_legs_swapped(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Swap the sides of the hind legs alone (a human's legs, not the arms): a pace becomes a trot."""
    limbs = skeleton(reference.skeleton).limbs[-2:]
    return _swapped(reference, phase, tuple(joint for limb in limbs for joint in (limb.knee, limb.foot)))


def one_leg_dragged(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Leave the last leg hanging."""
    body = _at(reference.target, phase)
    limb = skeleton(reference.skeleton).limbs[-1]
    for joint in (limb.knee, limb.foot):
        row = reference.keypoint_names.index(joint)
        body[..., row, :] = reference.target[:, row].mean(axis=0)
    return body


def together(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move the right joints with the left ones: a bound or a hop."""
    body = _at(reference.target, phase)
    for name, other in _pairs(reference.keypoint_names).items():
        if name.startswith(("L", "left")):
            here, there = (reference.keypoint_names.index(joint) for joint in (name, other))
            mean = reference.target.mean(axis=0)
            body[..., there, :] = mean[there] + body[..., here, :] - mean[here]
    return body


def out_of_step(spread: float) -> Moves:
    """Give every joint of every agent its own lag, normally distributed with `spread` cycles."""

    def moves(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        body = _at(reference.target, phase)
        for agent, row in np.ndindex(len(phase), body.shape[2]):
            lag = spread * rng.standard_normal()
            body[agent, :, row] = sample_cycle(reference.target[:, row], phase[agent] + lag)
        return body

    return moves


def flailing(size: float, smooth: float) -> Moves:
    """Move each joint at random.

    size: root mean square excursion, 1 as large as the clip's; smooth: reference periods, standard deviation of
    the Gaussian that white noise is smoothed with, 0 for none
    """

    def moves(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        from scipy.ndimage import gaussian_filter1d

        noise = rng.standard_normal((*phase.shape, *reference.target.shape[1:]))
        if smooth:
            noise = gaussian_filter1d(noise, smooth * reference.period_s / DT, axis=1, mode="wrap")
        noise /= noise.std(axis=1, keepdims=True)
        return np.asarray(reference.target.mean(axis=0) + size * reference.target.std(axis=0) * noise)

    return moves


def trembling(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Stand and shake all joints at 12 /s, a fifth as far as the clip moves them."""
    times = np.arange(phase.shape[1]) * DT
    wave = np.sin(2 * np.pi * (12.0 * times + phase[:, :1]))[..., None, None]
    return np.asarray(reference.target.mean(axis=0) + 0.2 * np.sqrt(2) * reference.target.std(axis=0) * wave)


def crouched(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move as the clip with the legs drawn up by a tenth of a body length."""
    body = _at(reference.target, phase)
    for limb in skeleton(reference.skeleton).limbs:
        body[..., reference.keypoint_names.index(limb.foot), 1] += 0.1
    return body


def held(off: float = 0.0, ahead: float = 0.0, up: float = 0.0) -> Moves:
    """Move within reach in the clip's posture, or in another.

    off: degrees by which the trunk, with head and arms, leans forward of the wanted lean; ahead, up: standing leg
    lengths by which the feet are held elsewhere, the knees by half as much
    """

    def moves(reference: Reference, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        body, names = within_reach(reference, phase, rng).copy(), list(reference.keypoint_names)
        limbs = skeleton(reference.skeleton).limbs
        hips, knees, feet = (
            [names.index(getattr(limb, j)) for limb in limbs] for j in ("hip", "knee", "foot")
        )
        for hip, knee, foot in zip(hips, knees, feet, strict=True):
            way = (reference.standing[hip, 1] - reference.standing[foot, 1]) * np.array([ahead, up])
            body[..., knee, :] += way / 2
            body[..., foot, :] += way
        turn = np.radians(wanted_posture(reference).lean + off)
        forward = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        pivot = body[..., hips, :].mean(axis=-2, keepdims=True)
        turned = [row for row in range(len(names)) if row not in {*knees, *feet}]
        body[..., turned, :] = pivot + (body[..., turned, :] - pivot) @ forward.T
        front, back = trunk_ends(body, names, skeleton(reference.skeleton))
        return np.asarray(body - 0.5 * (front + back)[..., None, :])

    return moves


def _at(cycle: np.ndarray, phase: np.ndarray) -> np.ndarray:
    return sample_cycle(cycle, phase.reshape(-1)).reshape(*phase.shape, *cycle.shape[1:])


def _pairs(names: tuple[str, ...]) -> dict[str, str]:
    """Return each sided joint's twin, left and right."""
    swap = {"L_": "R_", "R_": "L_", "left_": "right_", "right_": "left_"}
    twins = {
        name: swap[side] + name.removeprefix(side) for side in swap for name in names if name.startswith(side)
    }
    return {name: twin for name, twin in twins.items() if twin in names}


def _swapped(reference: Reference, phase: np.ndarray, joints: tuple[str, ...]) -> np.ndarray:
    """Move `joints` as their twins about their own mean places."""
    body, mean = _at(reference.target, phase), reference.target.mean(axis=0)
    moved = body.copy()
    for name, twin in _pairs(reference.keypoint_names).items():
        if name in joints:
            here, there = (reference.keypoint_names.index(joint) for joint in (name, twin))
            moved[..., here, :] = mean[here] + body[..., there, :] - mean[there]
    return moved
