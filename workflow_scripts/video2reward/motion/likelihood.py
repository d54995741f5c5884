"""Log-likelihood terms of leg motion, in nats, from prior knowledge of legs; they score the hypotheses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from video2reward.motion.assignment import Assignment
from video2reward.motion.cleaning import fill_gaps
from video2reward.motion.filming import GRAVITY
from video2reward.motion.untangle import limb_pairs
from video2reward.skeletons import Skeleton

# A stride is about 2.4 h Fr^0.34 long (see `filming`); log scatter.
_STRIDE, _EXPONENT, _TEMPO_SPREAD = 2.4, 0.34, 0.4
# The middle of a foot's range is slightly behind its hip, as a fraction of the range: 0.05 to 0.2 in synthetic gaits.
_BALANCE, _BALANCE_SPREAD = -0.12, 0.1
# Scatter of the stance fraction beyond one half, of legs that move together.
_FLIGHT_SPREAD = 0.05
# Caps, nats: of a term, of the balance term, and of the body term.
_MOST, _MOST_BALANCE, _MOST_BODY = 10.0, 20.0, 40.0
# Cost, nats, of the hypothesis that both legs of a pair always coincide; fraction of frames that counts as always.
TWICE, ALWAYS = 8.0, 0.8
# Legs with a lag within this of half a stride alternate.
_ALTERNATE = 0.15


class Likelihood:
    """Evidence from a body besides its detected legs.

    points: (T, J, 2) trunk lengths about the trunk's centre, x forward, y up, NaN where unseen
    height: (T,) of the trunk, trunk lengths; times: (T,) s; leg_length_m: hip height
    spread: standard deviation of a joint, trunk lengths; weight: independent samples per frame
    """

    def __init__(
        self,
        points: np.ndarray,
        height: np.ndarray,
        times: np.ndarray,
        leg_length_m: float,
        kind: Skeleton,
        spread: float,
        weight: float,
    ) -> None:
        """Measure the hips, the legs and the arms."""
        self.upright = not kind.sprawled
        self.leg_length_m, self.spread, self.count = leg_length_m, spread, weight * len(times)
        clock = np.linspace(-1, 1, len(times))
        self.heave = height - np.polyval(np.polyfit(clock, height, 2), clock)
        self.hips = [
            _middle(points[:, [kind.index(leg.hip) for leg in pair], 0]) for pair in limb_pairs(kind)
        ]
        bones = [
            np.linalg.norm(points[:, kind.index(a)] - points[:, kind.index(b)], axis=-1)
            for limb in kind.limbs
            for a, b in ((limb.hip, limb.knee), (limb.knee, limb.foot))
        ]
        lengths = [float(np.median(bone[np.isfinite(bone)])) for bone in bones if np.isfinite(bone).any()]
        self.leg_length = 2 * float(np.mean(lengths)) if lengths else float("nan")
        self.arms = _arms(points, times, kind)

    def terms(self, period_s: float, phase: np.ndarray, ends: Sequence[Assignment]) -> dict[str, float]:
        """Return the terms by name, nats."""
        alternating = [alternate(end) for end in ends]
        return {
            "tempo": self._tempo(period_s, ends),
            "balance": self._balance(ends),
            "heave": self._heave(phase) * float(np.mean([1 if one else -1 for one in alternating])),
            "flight": _flight(ends),
            "body": self._body(phase, alternating[0]),
            "twice": -TWICE if any(end.twice > ALWAYS for end in ends) else 0.0,
        }

    def _tempo(self, period_s: float, ends: Sequence[Assignment]) -> float:
        """Score how usual a stride of this length is at this speed (Alexander & Jayes 1983), for legs below the body."""
        swing = np.mean([np.ptp(end.feet, axis=0) for end in ends])
        stride = 2 * swing / self.leg_length  # at a duty factor of one half, leg lengths
        froude = (stride / period_s) ** 2 * self.leg_length_m / GRAVITY
        if not (self.upright and np.isfinite(froude)):
            return 0.0
        miss = np.log(max(stride, 1e-3) / (_STRIDE * max(froude, 1e-6) ** _EXPONENT))
        return float(-2.0 * np.log1p(0.25 * (miss / _TEMPO_SPREAD) ** 2))

    def _balance(self, ends: Sequence[Assignment]) -> float:
        """Score that a foot swings nearly as far ahead of its hip as behind it."""
        total = 0.0
        for end, hip in zip(ends, self.hips, strict=True):
            for foot in end.feet.T if self.upright and np.isfinite(hip) else ():
                off = (0.5 * (foot.min() + foot.max()) - hip) / max(np.ptp(foot), self.spread)
                total -= 0.25 * ((off - _BALANCE) / _BALANCE_SPREAD) ** 2
        return float(max(total, -_MOST_BALANCE))

    def _heave(self, phase: np.ndarray) -> float:
        """Score the trunk's heave: twice per stride if legs alternate, once if they move together."""
        once, twice = (_unexplained(self.heave[:, None], phase, (m,)) for m in (1, 2))
        return float(np.clip(0.5 * self.count * np.log(once / twice), -_MOST, _MOST))

    def _body(self, phase: np.ndarray, alternating: bool) -> float:
        """Score the arms: they swing with the stride, in antiphase if legs alternate."""
        if self.arms is None:
            return 0.0
        nats = 0.0
        for arms, once in zip(self.arms, (alternating, not alternating), strict=True):
            noise = 0.5 * self.spread**2 * arms.shape[1]
            moves = _unexplained(arms, phase, ())
            rest = _unexplained(arms, phase, (1, 2) if once else (2,))
            nats += 0.5 * self.count * np.log((moves + noise) / (rest + noise))
        return float(min(nats, _MOST_BODY))


def alternate(end: Assignment) -> bool:
    """Tell whether two legs are half a stride apart."""
    return abs(end.lag - 0.5) < _ALTERNATE


def _middle(values: np.ndarray) -> float:
    """Return the mean of the finite values, NaN if there are none."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def _flight(ends: Sequence[Assignment]) -> float:
    """Score flight: legs that swing together leave the ground, so they are not in stance for most of the stride."""
    nats = 0.0
    for end in ends:
        back = (np.roll(end.feet, -1, axis=0) < end.feet).mean()
        if not alternate(end):
            nats -= 0.5 * (max(back, 1 - back) - 0.5) ** 2 / _FLIGHT_SPREAD**2
    return float(max(nats, -_MOST))


def _arms(points: np.ndarray, times: np.ndarray, kind: Skeleton) -> list[np.ndarray] | None:
    """Return half the difference and the mean of both arms, (T, 4) each; None without arms."""
    if kind.name != "coco17":
        return None
    rows = [[kind.index(f"{side}_{joint}") for joint in ("elbow", "wrist")] for side in ("left", "right")]
    if np.isfinite(points[:, rows]).all(axis=-1).mean() < 0.5:
        return None
    left, right = (fill_gaps(points[:, side], times).reshape(len(points), -1) for side in rows)
    both = [0.5 * (left - right), 0.5 * (left + right)]
    return both if np.isfinite(both).all() else None


def _unexplained(values: np.ndarray, phase: np.ndarray, harmonics: tuple[int, ...]) -> float:
    """Return the residual variance of values (T, C) after a fit of these harmonics, summed over channels."""
    angle = 2 * np.pi * phase[:, None] * np.array(harmonics, float)
    basis = np.concatenate([np.ones((len(phase), 1)), np.cos(angle), np.sin(angle)], axis=1)
    rest = values - basis @ np.linalg.lstsq(basis, values, rcond=None)[0]
    return float((rest**2).mean(axis=0).sum()) + 1e-9
