"""How the drawn legs may be understood: which is which over time, and how long a stride is.

Pose models name the leg in front "left", or draw both legs onto the one they see better. Autocorrelation then finds
half or twice the stride. Here the possibilities (periods halved and doubled, legs as named, exchanged, drawn twice)
are scored by what is known of legs, in nats.
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

# A joint's standard deviation about its mean cycle, trunk lengths, at least; frames a second that are independent.
_LEAST_SPREAD, _INDEPENDENT = 0.04, 15.0
# Turns of half a stride at which legs are tried to pass each other, and how much longer one is tried to be ahead, as one
# is that is seen at an angle: the cosine of the turn at which it passes.
_TURNS, _LONGER = 6, 0.35
# Periods that differ by less than this part are the same; a stride other than the one found is seen so often at least.
_SAME, _REPEATS = 0.06, 2.0
# Part of the frames in which the same assignment may differ.
_FEW = 0.08


@dataclass(frozen=True)
class Hypothesis:
    """One way to understand the legs.

    period_s: stride period; phase: (T,) cycles; ends: one assignment a pair of legs, in the order of `limb_pairs`
    terms: what speaks for it, nats, by name
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
        """What speaks for it, nats."""
        return sum(self.terms.values())

    @property
    def alternate(self) -> bool:
        """Whether the legs of every end are half a stride apart."""
        return all(alternate(end) for end in self.ends)

    @property
    def twice(self) -> bool:
        """Whether the legs of some end are drawn onto one place nearly always."""
        return any(end.twice > ALWAYS for end in self.ends)

    def same_stride(self, other: Hypothesis) -> bool:
        """Tell whether both say the same of period and lag."""
        return abs(self.period_s / other.period_s - 1) < _SAME and self.alternate == other.alternate

    def like(self, other: Hypothesis) -> bool:
        """Tell whether both say the same of period, lag and names, whichever leg is called left."""
        return self.same_stride(other) and all(
            a.differs(b) < _FEW for a, b in zip(self.ends, other.ends, strict=True)
        )


class Scene:
    """The drawn body, about which hypotheses are made.

    points: (T, J, 2) trunk lengths about the trunk's middle, x forward, y up, NaN where unseen
    height: (T,) the trunk's, trunk lengths; leg_length_m: hip height
    """

    def __init__(
        self, points: np.ndarray, height: np.ndarray, times: np.ndarray, leg_length_m: float, kind: Skeleton
    ) -> None:
        """Take the legs apart, end by end."""
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
        """Return the hypothesis with this period and these states (T,) per pair."""
        ends = [legs.assign(phase, one, None, 0) for legs, one in zip(self.legs, states, strict=True)]
        return self._scored(Hypothesis(period_s, phase, tuple(ends)))

    def explain(self, period_s: float, phase: np.ndarray, starts: list[np.ndarray]) -> list[Hypothesis]:
        """Return the best hypotheses with this period; starts: states (T,) per pair to begin with."""
        if self.coincide:
            named = [np.full(len(phase), NAMED)] * len(self.legs)
            together = self.keep(period_s, phase, named)
            return [together, *self._instead_of(together)]
        ends = [list(_best_of_kind(*one, phase)) for one in zip(self.legs, starts, strict=True)]
        return [self._scored(Hypothesis(period_s, phase, one)) for one in product(*ends)]

    def misfit(self, hypothesis: Hypothesis) -> float:
        """Return the misfit of a joint in a frame, nats, about 1 where all is well."""
        seen = sum(float(legs.seen.sum()) * legs.weight for legs in self.legs)
        return hypothesis.misfit / max(seen, 1.0)

    def cooled(self, hypotheses: list[Hypothesis]) -> list[Hypothesis]:
        """Return hypotheses whose misfit counts as much less as strides vary more than joints jitter."""
        part = 1 - 1 / max(1.0, min((self.misfit(one) for one in hypotheses), default=1.0))
        return [
            replace(one, terms=one.terms | {"legs": one.terms["legs"] + part * one.misfit})
            for one in hypotheses
        ]

    def _instead_of(self, together: Hypothesis) -> Iterator[Hypothesis]:
        """Yield what legs that seem to move together may also be.

        A leg drawn twice that alternates with one unseen; or, a stride twice as long, of two that alternate always the
        one ahead, or behind. Drawings cannot tell these apart, only what else is known of legs.
        """
        ends, legs = together.ends, together.terms["legs"]
        once = [replace(end, states=np.full(len(end.states), ONTO[0]), lag=0.5) for end in ends]
        yield self._scored(replace(together, ends=tuple(once)), legs)
        for ahead in (True, False):
            half = tuple(_half_seen(end, together.phase, ahead) for end in ends)
            yield self._scored(Hypothesis(2 * together.period_s, together.phase / 2, half), legs)

    def _scored(self, hypothesis: Hypothesis, legs: float | None = None) -> Hypothesis:
        """Fill in the terms; legs: what the drawn legs say, if their energy does not."""
        drawn = -sum(end.energy for end in hypothesis.ends) if legs is None else legs
        known = self.known.terms(hypothesis.period_s, hypothesis.phase, hypothesis.ends)
        return replace(hypothesis, terms={"legs": drawn, **known})

    def without_names(self) -> np.ndarray:
        """Return channels (T, C) of the legs that do not depend on which is called left."""
        channels = []
        for legs in self.legs:
            left, right = (fill_gaps(legs.drawn[:, drawn], self.times) for drawn in (0, 1))
            channels += [0.5 * (left + right), np.abs(left - right)]
        flat = np.concatenate([one.reshape(len(one), -1) for one in channels], axis=1)
        return flat[:, np.isfinite(flat).all(axis=0)]


def periods(
    scene: Scene, found_s: float, phase: np.ndarray, least: float, most: float
) -> Iterator[tuple[float, np.ndarray]]:
    """Yield the stride periods worth a try, s, with their phases: what was found, and what does without names."""
    if scene.coincide:
        least *= 0.5  # of legs that alternate, half of the stride may be seen
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
    """Return the legs of twice the stride of which the one ahead, or behind, is drawn twice."""
    x = end.feet.mean(axis=1)
    passing = (x.argmin() if ahead else x.argmax()) / len(x)
    states = np.where(np.floor(phase - passing) % 2 == 0, *ONTO)
    # The half that is not seen mirrors the other about the place where the legs pass.
    unseen = 2 * (x.min() if ahead else x.max()) - x
    feet = np.repeat(np.concatenate([x, unseen])[:, None], 2, axis=1)
    return replace(end, states=states, lag=0.5, feet=feet)


def _jitter(points: np.ndarray) -> float:
    """Return the standard deviation of what does not last, from third differences, in the unit of points."""
    third = np.diff(points, n=3, axis=0)
    known = third[np.isfinite(third)]
    return float(np.median(np.abs(known)) / 0.6745 / np.sqrt(20)) if known.size else 0.0
