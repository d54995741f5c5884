"""What a gait is called, from its footfalls, with the figures that the name rests on.

Symmetrical gaits of four legs are told by Hildebrand's two figures: the part of the stride by which a fore foot
follows the hind foot of its side, in eight classes of an eighth each about 0 (pace), 1/4 (single-foot), 1/2
(trot) and between, and the duty factor, below one half in running gaits (Hildebrand 1965, Science 150:701-708;
1989, BioScience 39:766-775). Asymmetrical ones by which feet come down together (Hildebrand 1977, J. Mammal.
58:131-156). People walk with duty factors above one half, run below; below a Froude number v^2 / (g h) of 0.5
animals of any size do not run (Alexander 1989, Physiol. Rev. 69:1199-1227).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

# An eighth of the stride a class; feet of a pair are even if within this of half a stride, together if within
# this of each other.
_CLASS, _EVEN, _TOGETHER, _RUNS = 1 / 8, 0.12, 0.1, 0.5
# Between single-foot and diagonal couplets, the classes' border of 5/16 less what touchdowns of hind paws are late by.
_DIAGONAL = 0.28
# How far footfalls and duty factors may be off, as docs/accuracy.md has them, cycles; the tries that confidence
# is counted in.
_LAG_ERROR, _DUTY_ERROR, _TRIES = 0.02, 0.03, 200


@dataclass(frozen=True)
class GaitName:
    """name: "" if it cannot be told; confidence: the part of plausible footfalls that have this name too.

    other: the next likely name, "" if there is none
    figures: in cycles; pairs 0..0.5, how far left and right foot of an end are apart; fore_after_hind 0..1
    """

    name: str
    confidence: float
    other: str
    figures: dict[str, float]


def name_gait(
    limbs: tuple[str, ...], touchdown: np.ndarray, duty: np.ndarray, froude: float = float("nan")
) -> GaitName:
    """Name the gait of two or four limbs from touchdown and duty factor (L,), cycles; NaN where unknown.

    froude: v^2 / (g h); tells a pace from an amble where the feet's joints leave the ground before the toes
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
        pair = _apart(touchdown[1] - touchdown[0])
        return _two_legs(pair, mean, froude), {"pair": pair, "duty_factor": mean}
    at = {limb: touchdown[k] for limb, k in legs.items()}
    fore = _apart(at["right_fore"] - at["left_fore"])
    hind = _apart(at["right_hind"] - at["left_hind"])
    lag = _mean_lag([at[f"{side}_fore"] - at[f"{side}_hind"] for side in ("left", "right")])
    diagonal = min(
        _apart(at[f"{side}_fore"] - at[f"{other}_hind"])
        for side, other in (("left", "right"), ("right", "left"))
    )
    figures = {"fore_pair": fore, "hind_pair": hind, "fore_after_hind": lag, "duty_factor": mean}
    if min(fore, hind) > 0.5 - _EVEN:
        return _symmetrical(lag, mean, froude), figures
    if max(fore, hind) < _TOGETHER:
        return "hop" if _apart(lag) < _TOGETHER else "bound", figures
    return "canter" if diagonal < _CLASS else "gallop", figures | {"nearest_diagonal": diagonal}


def _two_legs(pair: float, duty: float, froude: float) -> str:
    if pair < _TOGETHER:
        return "hop"
    if pair < 0.5 - 2 * _EVEN:
        return "skip"  # one foot leads, as children gallop (Minetti 1998, Proc. R. Soc. B 265:1227-1235)
    slow = (
        froude < _RUNS / 2
    )  # at which nobody runs, whatever part of the stride little less than a half may be
    return "walk" if duty > (0.5 - 2 * _DUTY_ERROR if slow else 0.5) else "run"


def _symmetrical(lag: float, duty: float, froude: float) -> str:
    """Name a gait by its class: 0 pace, 1 lateral couplets, 2 single-foot, 3 diagonal couplets, 4 trot ..."""
    number = round(lag / _CLASS) % 8
    if number == 0:
        # A pace without suspension, though paws may seem to say otherwise.
        return "amble" if duty > 0.5 or froude < _RUNS else "pace"
    if duty > 0.5:
        return "amble" if number == 1 else "trot" if number == 4 else "walk"
    # A run in diagonal couplets is a trot whose pairs do not quite land together.
    return "trot" if _apart(lag) > _DIAGONAL else "amble"


def _apart(lag: float) -> float:
    """Return how far two footfalls are apart, 0..0.5 cycles."""
    return float(abs((lag + 0.5) % 1 - 0.5))


def _mean_lag(lags: list[float]) -> float:
    """Return the circular mean, 0..1 cycles."""
    return float(np.angle(np.exp(2j * np.pi * np.array(lags)).sum()) / (2 * np.pi) % 1)
