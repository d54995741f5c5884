"""How likely it is that legs move so, in nats, by what is known of legs: the terms that hypotheses are scored by."""

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
# The middle of a foot's swing lies a little behind its hip, as a part of the swing: by 0.05 to 0.2 in the made gaits.
_BALANCE, _BALANCE_SPREAD = -0.12, 0.1
# The part of the stride, beyond one half, that legs which move together are on the ground.
_FLIGHT_SPREAD = 0.05
# The most nats of one term, of the balance, and of the rest of the body.
_MOST, _MOST_BALANCE, _MOST_BODY = 10.0, 20.0, 40.0
# What it takes to believe that both legs of an end are drawn onto one place always.
TWICE, ALWAYS = 8.0, 0.8
# Legs whose lag is nearer than this to half a stride alternate.
_ALTERNATE = 0.15


class Likelihood:
    """What is known of a body beside its drawn legs.

    points: (T, J, 2) trunk lengths about the trunk's middle, x forward, y up, NaN where unseen
    height: (T,) the trunk's, trunk lengths; times: (T,) s; leg_length_m: hip height
    spread: standard deviation of a joint, trunk lengths; weight: independent frames
        a frame
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
        """Return the nats by name."""
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
        """Strides of this length at this speed are usual (Alexander & Jayes 1983): a Froude bound on the period."""
        swing = np.mean([np.ptp(end.feet, axis=0) for end in ends])
        stride = 2 * swing / self.leg_length  # of a foot that stands half of the time, leg lengths
        froude = (stride / period_s) ** 2 * self.leg_length_m / GRAVITY
        if not np.isfinite(froude):
            return 0.0
        miss = np.log(max(stride, 1e-3) / (_STRIDE * max(froude, 1e-6) ** _EXPONENT))
        return float(-2.0 * np.log1p(0.25 * (miss / _TEMPO_SPREAD) ** 2))

    def _balance(self, ends: Sequence[Assignment]) -> float:
        """A foot swings nearly as far before its hip as behind it."""
        total = 0.0
        for end, hip in zip(ends, self.hips, strict=True):
            for foot in end.feet.T if np.isfinite(hip) else ():
                off = (0.5 * (foot.min() + foot.max()) - hip) / max(np.ptp(foot), self.spread)
                total -= 0.25 * ((off - _BALANCE) / _BALANCE_SPREAD) ** 2
        return float(max(total, -_MOST_BALANCE))

    def _heave(self, phase: np.ndarray) -> float:
        """The trunk heaves twice a stride where legs alternate, once where they move together."""
        once, twice = (_unexplained(self.heave[:, None], phase, (m,)) for m in (1, 2))
        return float(np.clip(0.5 * self.count * np.log(once / twice), -_MOST, _MOST))

    def _body(self, phase: np.ndarray, alternating: bool) -> float:
        """Arms swing with the stride's period, and against each other where legs alternate."""
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
    """Return the mean of what is known, NaN if nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def _flight(ends: Sequence[Assignment]) -> float:
    """Legs that swing forward together leave the ground, so they are not on it for most of the stride."""
    nats = 0.0
    for end in ends:
        back = (np.roll(end.feet, -1, axis=0) < end.feet).mean()
        if not alternate(end):
            nats -= 0.5 * (max(back, 1 - back) - 0.5) ** 2 / _FLIGHT_SPREAD**2
    return float(max(nats, -_MOST))


def _arms(points: np.ndarray, times: np.ndarray, kind: Skeleton) -> list[np.ndarray] | None:
    """Return by how much the arms are apart, and their middle, (T, 4) each; None where there are none."""
    if kind.name != "coco17":
        return None
    rows = [[kind.index(f"{side}_{joint}") for joint in ("elbow", "wrist")] for side in ("left", "right")]
    if np.isfinite(points[:, rows]).all(axis=-1).mean() < 0.5:
        return None
    left, right = (fill_gaps(points[:, side], times).reshape(len(points), -1) for side in rows)
    both = [0.5 * (left - right), 0.5 * (left + right)]
    return both if np.isfinite(both).all() else None


def _unexplained(values: np.ndarray, phase: np.ndarray, harmonics: tuple[int, ...]) -> float:
    """Return the variance of values (T, C) that these harmonics of a phase leave, summed over channels."""
    angle = 2 * np.pi * phase[:, None] * np.array(harmonics, float)
    basis = np.concatenate([np.ones((len(phase), 1)), np.cos(angle), np.sin(angle)], axis=1)
    rest = values - basis @ np.linalg.lstsq(basis, values, rcond=None)[0]
    return float((rest**2).mean(axis=0).sum()) + 1e-9
