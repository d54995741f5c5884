"""Naming a gait from its footfalls.

Symmetrical gaits of quadrupeds are classified by Hildebrand's two figures: the lag of a fore foot behind the hind
foot of its side, in eight classes of an eighth of a stride each about 0 (pace), 1/4 (single-foot), 1/2 (trot) and
between; and the duty factor, below one half in running gaits (Hildebrand 1965, Science 150:701-708; 1989,
BioScience 39:766-775). Asymmetrical gaits are classified by the feet that land together (Hildebrand 1977, J. Mammal.
58:131-156). Humans walk with duty factors above one half and run below. Animals of any size do not run below a
Froude number v^2 / (g h) of 0.5 (Alexander 1989, Physiol. Rev. 69:1199-1227). Six and eight legs: `many_legs`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from video2reward.motion.many_legs import apart, mean_lag, name_many

# Width of a class, strides; tolerances for a pair of feet half a stride apart (_EVEN) or together; Froude number
# of running.
_CLASS, _EVEN, _TOGETHER, _RUNS = 1 / 8, 0.12, 0.1, 0.5
# Border between single-foot and diagonal couplets: 5/16, less the typical delay of hind paws' touchdowns.
_DIAGONAL = 0.28
# Errors of footfalls and duty factors, cycles, from docs/accuracy.md; number of random trials for the confidence.
_LAG_ERROR, _DUTY_ERROR, _TRIES = 0.02, 0.03, 200


@dataclass(frozen=True)
class GaitName:
    """name: "" if unknown or none; confidence: fraction of perturbed footfalls with the same name.

    other: the second most likely name, or ""
    figures: cycles; pairs 0..0.5, distance between left and right footfalls; fore_after_hind 0..1
    """

    name: str
    confidence: float
    other: str
    figures: dict[str, float]


def name_gait(
    limbs: tuple[str, ...], touchdown: np.ndarray, duty: np.ndarray, froude: float = float("nan")
) -> GaitName:
    """Name the gait of any number of limbs from touchdown and duty factor (L,), cycles; NaN where unknown.

    froude: v^2 / (g h); separates pace and amble when the foot joints lift off before the toes
    """
    legs = {limb: k for k, limb in enumerate(limbs)}
    if not (np.isfinite(touchdown).all() and np.isfinite(duty).all()):
        return GaitName("", 0.0, "", {})
    rng = np.random.default_rng(0)
    name, figures = _name(legs, touchdown, duty, froude)
    tries = Counter(
        _name(
            legs,
            touchdown + _LAG_ERROR * rng.standard_normal(len(legs)),
            duty + _DUTY_ERROR * rng.standard_normal(),
            froude,
        )[0]
        for _ in range(_TRIES)
    )
    others = [other for other, _ in tries.most_common() if other != name]
    return GaitName(name, tries[name] / _TRIES, others[0] if others else "", figures)


def _name(
    legs: dict[str, int], touchdown: np.ndarray, duty: np.ndarray, froude: float
) -> tuple[str, dict[str, float]]:
    mean = float(duty.mean())
    if len(legs) == 2:
        pair = apart(touchdown[1] - touchdown[0])
        return _two_legs(pair, mean, froude), {"pair": pair, "duty_factor": mean}
    at = {limb: float(touchdown[k]) for limb, k in legs.items()}
    if len(legs) > 4:
        return name_many(at, mean)
    fore = apart(at["right_fore"] - at["left_fore"])
    hind = apart(at["right_hind"] - at["left_hind"])
    lag = mean_lag([at[f"{side}_fore"] - at[f"{side}_hind"] for side in ("left", "right")])
    diagonal = min(
        apart(at[f"{side}_fore"] - at[f"{other}_hind"])
        for side, other in (("left", "right"), ("right", "left"))
    )
    figures = {"fore_pair": fore, "hind_pair": hind, "fore_after_hind": lag, "duty_factor": mean}
    if min(fore, hind) > 0.5 - _EVEN:
        return _symmetrical(lag, mean, froude), figures
    if max(fore, hind) < _TOGETHER:
        return "hop" if apart(lag) < _TOGETHER else "bound", figures
    return "canter" if diagonal < _CLASS else "gallop", figures | {"nearest_diagonal": diagonal}


def _two_legs(pair: float, duty: float, froude: float) -> str:
    if pair < _TOGETHER:
        return "hop"
    if pair < 0.5 - 2 * _EVEN:
        return "skip"  # one foot leads, as children gallop (Minetti 1998, Proc. R. Soc. B 265:1227-1235)
    slow = froude < _RUNS / 2  # too slow to run, even with a duty factor slightly below one half
    return "walk" if duty > (0.5 - 2 * _DUTY_ERROR if slow else 0.5) else "run"


def _symmetrical(lag: float, duty: float, froude: float) -> str:
    """Name a gait by its class: 0 pace, 1 lateral couplets, 2 single-foot, 3 diagonal couplets, 4 trot ..."""
    number = round(lag / _CLASS) % 8
    if number == 0:
        # A pace without a flight phase, even if the paws' duty factors suggest one.
        return "amble" if duty > 0.5 or froude < _RUNS else "pace"
    if duty > 0.5:
        return "amble" if number == 1 else "trot" if number == 4 else "walk"
    # A run in diagonal couplets is a trot whose diagonal pairs land slightly apart.
    return "trot" if apart(lag) > _DIAGONAL else "amble"
