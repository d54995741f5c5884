"""Hypotheses about stride period and leg identity.

Pose models may name the front leg "left", or detect both legs on the more visible one. Autocorrelation then finds half
or twice the stride. The alternatives (period halved or doubled, legs as named, exchanged or coinciding) are scored by
prior knowledge of legs, in nats. "Drawn" means as detected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from video2reward.motion.assignment import NAMED, ONTO, Assignment, Legs
from video2reward.motion.cleaning import fill_gaps
from video2reward.motion.cycle import track_phase
from video2reward.motion.likelihood import ALWAYS, Likelihood, alternate
from video2reward.motion.untangle import limb_pairs
from video2reward.similarity.period import estimate_period
from video2reward.skeletons import Skeleton

# Minimum standard deviation of a joint about its mean cycle, trunk lengths; independent frames per second.
_LEAST_SPREAD, _INDEPENDENT = 0.04, 15.0
# Number of phases per half stride tried for the legs' crossing; cosine of the crossing phase if one leg is ahead for
# longer, as when seen at an angle.
_TURNS, _LONGER = 6, 0.35
# Relative difference below which periods are the same; minimum number of strides in the clip for another period.
_SAME, _REPEATS = 0.06, 2.0
# Fraction of frames below which two assignments count as the same.
_FEW = 0.08


@dataclass(frozen=True)
class Hypothesis:
    """One interpretation of the legs.

    period_s: stride period; phase: (T,) cycles; ends: one assignment per pair of legs, in the order of `limb_pairs`
    terms: log-likelihood terms by name, nats
    """

    period_s: float
    phase: np.ndarray
    ends: tuple[Assignment, ...]
    terms: dict[str, float] = field(default_factory=dict)

    @property
    def misfit(self) -> float:
        """Misfit of the legs, nats."""
        return sum(end.misfit for end in self.ends)

    @property
    def score(self) -> float:
        """The sum of its terms, nats; more is better."""
        return sum(self.terms.values())

    @property
    def alternate(self) -> bool:
        """Whether the legs of every pair are half a stride apart."""
        return all(alternate(end) for end in self.ends)

    @property
    def twice(self) -> bool:
        """Whether the legs of a pair coincide in nearly all frames."""
        return any(end.twice > ALWAYS for end in self.ends)

    def same_stride(self, other: Hypothesis) -> bool:
        """Tell whether both have the same period and lag."""
        return abs(self.period_s / other.period_s - 1) < _SAME and self.alternate == other.alternate

    def like(self, other: Hypothesis) -> bool:
        """Tell whether both have the same period, lag and assignment, up to a swap of left and right."""
        return self.same_stride(other) and all(
            a.differs(b) < _FEW for a, b in zip(self.ends, other.ends, strict=True)
        )


class Scene:
    """The detected body, on which hypotheses are scored.

    points: (T, J, 2) trunk lengths about the trunk's centre, x forward, y up, NaN where unseen
    height: (T,) of the trunk, trunk lengths; leg_length_m: hip height
    """

    def __init__(
        self, points: np.ndarray, height: np.ndarray, times: np.ndarray, leg_length_m: float, kind: Skeleton
    ) -> None:
        """Separate the pairs of legs."""
        self.times, self.pairs = times, limb_pairs(kind)
        self.fps = float((len(times) - 1) / (times[-1] - times[0]))
        drawn = [
            np.stack([points[:, [kind.index(leg.knee), kind.index(leg.foot)]] for leg in pair], axis=1)
            for pair in self.pairs
        ]
        spread = max(_LEAST_SPREAD, _jitter(np.concatenate(drawn, axis=1)))
        weight = min(1.0, _INDEPENDENT / self.fps)
        self.legs = [Legs(one, spread, weight) for one in drawn]
        self.coincide = all(legs.coincide for legs in self.legs)
        self.known = Likelihood(points, height, times, leg_length_m, kind, spread, weight)

    def keep(self, period_s: float, phase: np.ndarray, states: list[np.ndarray]) -> Hypothesis:
        """Return the hypothesis with this period and these states, (T,) per pair."""
        ends = [legs.assign(phase, one, None, 0) for legs, one in zip(self.legs, states, strict=True)]
        return self._scored(Hypothesis(period_s, phase, tuple(ends)))

    def explain(self, period_s: float, phase: np.ndarray, starts: list[np.ndarray]) -> list[Hypothesis]:
        """Return the best hypotheses with this period; starts: initial states, (T,) per pair."""
        if self.coincide:
            named = [np.full(len(phase), NAMED)] * len(self.legs)
            together = self.keep(period_s, phase, named)
            return [together, *self._instead_of(together)]
        ends = [list(_best_of_kind(*one, phase)) for one in zip(self.legs, starts, strict=True)]
        return [self._scored(Hypothesis(period_s, phase, one)) for one in product(*ends)]

    def misfit(self, hypothesis: Hypothesis) -> float:
        """Return the misfit per joint and frame, nats; about 1 for a good fit."""
        seen = sum(float(legs.seen.sum()) * legs.weight for legs in self.legs)
        return hypothesis.misfit / max(seen, 1.0)

    def cooled(self, hypotheses: list[Hypothesis]) -> list[Hypothesis]:
        """Return hypotheses with a reduced weight of the misfit if strides vary more than joints jitter."""
        part = 1 - 1 / max(1.0, min((self.misfit(one) for one in hypotheses), default=1.0))
        return [
            replace(one, terms=one.terms | {"legs": one.terms["legs"] + part * one.misfit})
            for one in hypotheses
        ]

    def _instead_of(self, together: Hypothesis) -> Iterator[Hypothesis]:
        """Yield alternatives to legs that seem to move together.

        One leg detected twice that alternates with an unseen one; or, with twice the period, always the front or
        always the rear leg of two that alternate. The detections cannot separate these, only prior knowledge can.
        """
        ends, legs = together.ends, together.terms["legs"]
        once = [replace(end, states=np.full(len(end.states), ONTO[0]), lag=0.5) for end in ends]
        yield self._scored(replace(together, ends=tuple(once)), legs)
        for ahead in (True, False):
            half = tuple(_half_seen(end, together.phase, ahead) for end in ends)
            yield self._scored(Hypothesis(2 * together.period_s, together.phase / 2, half), legs)

    def _scored(self, hypothesis: Hypothesis, legs: float | None = None) -> Hypothesis:
        """Fill in the terms; legs: replaces the term from the detected legs' energy."""
        drawn = -sum(end.energy for end in hypothesis.ends) if legs is None else legs
        known = self.known.terms(hypothesis.period_s, hypothesis.phase, hypothesis.ends)
        return replace(hypothesis, terms={"legs": drawn, **known})

    def without_names(self) -> np.ndarray:
        """Return channels (T, C) of the legs that do not depend on which is named left."""
        channels = []
        for legs in self.legs:
            left, right = (fill_gaps(legs.drawn[:, drawn], self.times) for drawn in (0, 1))
            channels += [0.5 * (left + right), np.abs(left - right)]
        flat = np.concatenate([one.reshape(len(one), -1) for one in channels], axis=1)
        return flat[:, np.isfinite(flat).all(axis=0)]


def periods(
    scene: Scene, found_s: float, phase: np.ndarray, least: float, most: float
) -> Iterator[tuple[float, np.ndarray]]:
    """Yield candidate stride periods, s, with their phases: the one found, and those found without leg names."""
    if scene.coincide:
        least *= 0.5  # alternating legs may show half the stride
    if np.isfinite(found_s):
        yield found_s, phase
    bases, channels = [], scene.without_names()
    blind = estimate_period(channels, scene.fps, 0.5 * least, most).seconds if channels.size else float("nan")
    if np.isfinite(blind):
        at = track_phase(channels, scene.times, blind)
        bases += [(blind * factor, at / factor) for factor in (1.0, 2.0, 0.5)]
    if np.isfinite(found_s):
        bases += [(found_s * factor, phase / factor) for factor in (2.0, 0.5)]
    longest = (scene.times[-1] - scene.times[0]) / _REPEATS
    tried: list[float] = []
    for period, at in bases:
        if least <= period <= min(most, longest) and all(abs(period / other - 1) > _SAME for other in tried):
            tried.append(period)
            yield period, at


def _best_of_kind(legs: Legs, named: np.ndarray, phase: np.ndarray) -> Iterator[Assignment]:
    """Yield the best assignment of legs that alternate, and of legs that do not."""
    starts = [(named, None), (np.full(len(phase), NAMED), None), (np.full(len(phase), ONTO[0]), 0.5)]
    starts += [
        (legs.ahead(np.cos(2 * np.pi * (phase - turn)) > share), 0.5)
        for share, turns in ((0.0, _TURNS), (_LONGER, 2 * _TURNS))
        for turn in np.arange(turns) / (2 * _TURNS)
    ]
    tries = [legs.assign(phase, states, lag, 2, steady=False) for states, lag in starts]
    for alternating in (True, False):
        some = sorted((one for one in tries if alternate(one) == alternating), key=lambda one: one.energy)
        if some:
            better = [legs.assign(phase, one.states, one.lag, 8) for one in some[:2]]
            yield min(better, key=lambda one: one.energy)


def _half_seen(end: Assignment, phase: np.ndarray, ahead: bool) -> Assignment:
    """Return the legs of a stride twice as long, of which the front (`ahead`) or rear one is detected twice."""
    x = end.feet.mean(axis=1)
    passing = (x.argmin() if ahead else x.argmax()) / len(x)
    states = np.where(np.floor(phase - passing) % 2 == 0, *ONTO)
    # The unseen half mirrors the seen one about the legs' crossing.
    unseen = 2 * (x.min() if ahead else x.max()) - x
    feet = np.repeat(np.concatenate([x, unseen])[:, None], 2, axis=1)
    return replace(end, states=states, lag=0.5, feet=feet)


def _jitter(points: np.ndarray) -> float:
    """Return the standard deviation of the frame-to-frame noise, from third differences, in the unit of points."""
    third = np.diff(points, n=3, axis=0)
    known = third[np.isfinite(third)]
    return float(np.median(np.abs(known)) / 0.6745 / np.sqrt(20)) if known.size else 0.0
