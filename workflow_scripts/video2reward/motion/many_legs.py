"""Naming the gaits of six and eight legs from their footfalls.

Legs of a pair alternate, and on each side steps run from the rear to the front: a leg lands a lag after the one behind it
(Wilson 1966, Annu. Rev. Entomol. 11:103-122). At a lag of one half, every other leg of a side lands with the legs between
them of the other side: the alternating tripod of insects (L1 R2 L3) and the alternating tetrapod of spiders (L1 R2 L3 R4:
Wilson 1967, J. Exp. Biol. 47:133-151; Biancardi et al. 2011, J. Exp. Biol. 214:3433-3442). Shorter lags, in slow walks,
make a metachronal wave. Names of quadrupeds' gaits do not apply.
"""

from __future__ import annotations

import numpy as np

ALTERNATING = {3: "alternating tripod", 4: "alternating tetrapod"}
"""Pairs of legs -> the gait in which half of the legs land together."""
WAVE = "metachronal wave"
# Tolerances, strides: for a pair's legs half a stride apart; for lags from one half; and for lags from their mean, in a
# wave. Legs that land within _TOGETHER hop.
_EVEN, _HALF, _ALIKE, _TOGETHER = 0.15, 0.15, 0.12, 0.1


def apart(lag: float) -> float:
    """Return the distance between two footfalls, 0..0.5 cycles."""
    return float(abs((lag + 0.5) % 1 - 0.5))


def mean_lag(lags: list[float]) -> float:
    """Return the circular mean, 0..1 cycles."""
    return float(np.angle(np.exp(2j * np.pi * np.array(lags)).sum()) / (2 * np.pi) % 1)


def name_many(at: dict[str, float], duty: float) -> tuple[str, dict[str, float]]:
    """Return the gait's name, "" without one, and its figures.

    at: limb ("left_1", "right_1", "left_2" ...; numbered from the front) -> touchdown, cycles
    figures: pair, least distance within a pair, 0..0.5; after_next, lag behind the leg that follows on the same side, 0..1
    """
    pairs = len(at) // 2
    within = [apart(at[f"right_{k}"] - at[f"left_{k}"]) for k in range(1, pairs + 1)]
    lags = [at[f"{side}_{k}"] - at[f"{side}_{k + 1}"] for side in ("left", "right") for k in range(1, pairs)]
    lag = mean_lag(lags)
    figures = {"pair": min(within), "after_next": lag, "duty_factor": duty}
    if max(within) < _TOGETHER and max(apart(one) for one in lags) < _TOGETHER:
        return "hop", figures
    if min(within) < 0.5 - _EVEN:
        return "", figures
    if max(apart(one - 0.5) for one in lags) < _HALF:
        return ALTERNATING.get(pairs, ""), figures
    steady = max(apart(one - lag) for one in lags) < _ALIKE
    return (WAVE if steady and _TOGETHER < lag < 0.5 else ""), figures
