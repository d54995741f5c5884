"""How the drawn legs are to be read: which is which over time, and how long a stride is.

Pose models name the leg in front "left", or draw both legs onto the one they see better. Autocorrelation then finds
half or twice the stride. Here the readings there are (periods halved and doubled, legs as named, exchanged, drawn
twice) are scored by what is known of legs, in nats, and the likeliest is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from video2reward.motion.assignment import NAMED, ONTO, Assignment, Legs
from video2reward.motion.cycle import track_phase
from video2reward.motion.untangle import limb_pairs
from video2reward.similarity.period import estimate_period
from video2reward.skeletons import Skeleton

# A joint's standard deviation about its mean cycle, trunk lengths, at least; frames a second that are independent.
_LEAST_SPREAD, _INDEPENDENT = 0.04, 15.0
# A stride is about 2.4 h Fr^0.34 long (see `filming`); log scatter. The middle of a foot's swing lies a little behind
# its hip, as a part of the swing: -0.05 to -0.2 in the made gaits; scatter.
_STRIDE, _EXPONENT, _TEMPO_SPREAD, _BALANCE, _BALANCE_SPREAD = 2.4, 0.34, 0.4, -0.12, 0.1
# The most nats that the trunk's heaving, or the rest of the body, may add.
_MOST_NATS, _FLIGHT_SPREAD = 10.0, 0.05
# Legs whose lag is nearer to half a stride than this make the trunk heave twice a stride.
_ALTERNATE = 0.15
# What it takes to believe, nats, that both legs of an end are drawn onto one place nearly always.
_TWICE, _ALWAYS = 3.0, 0.8
# A stride other than the one found is seen so often at least.
_REPEATS = 2.0
# Periods that differ by less than this part are the same.
_SAME = 0.06
# Part of the frames in which the same assignment may differ.
_FEW = 0.08
GRAVITY = 9.81


@dataclass(frozen=True)
class Reading:
    """One way to read the legs.

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
        return all(_alternate(end) for end in self.ends)

    @property
    def twice(self) -> bool:
        """Whether the legs of some end are drawn onto one place nearly always."""
        return any(end.twice > _ALWAYS for end in self.ends)

    def like(self, other: Reading) -> bool:
        """Tell whether both say the same of period, lag and names, whichever leg is called left."""
        return (
            abs(self.period_s / other.period_s - 1) < _SAME
            and self.alternate == other.alternate
            and all(a.differs(b) < _FEW for a, b in zip(self.ends, other.ends, strict=True))
        )


class Scene:
    """The drawn body and what readings of it are scored by.

    points: (T, J, 2) trunk lengths about the trunk's middle, x forward, y up, NaN where unseen
    heave: (T,) the trunk's height, trunk lengths; leg_length_m: hip height
    """

    def __init__(
        self, points: np.ndarray, heave: np.ndarray, times: np.ndarray, leg_length_m: float, kind: Skeleton
    ) -> None:
        self.points, self.times, self.kind, self.leg_length_m = points, times, kind, leg_length_m
        self.fps = float((len(times) - 1) / (times[-1] - times[0]))
        self.weight = min(1.0, _INDEPENDENT / self.fps)
        clock = np.linspace(-1, 1, len(times))
        self.heave = heave - np.polyval(np.polyfit(clock, heave, 2), clock)
        self.pairs = limb_pairs(kind)
        drawn = [
            np.stack([points[:, [kind.index(leg.knee), kind.index(leg.foot)]] for leg in pair], axis=1)
            for pair in self.pairs
        ]
        spread = max(_LEAST_SPREAD, _jitter(np.concatenate(drawn, axis=1)))
        self.legs = [Legs(one, spread, self.weight) for one in drawn]
        self.spread, self.coincide = spread, all(legs.coincide for legs in self.legs)
        self.hips = [
            float(np.nanmean(points[:, [kind.index(leg.hip) for leg in pair], 0])) for pair in self.pairs
        ]
        bones = [
            np.linalg.norm(points[:, kind.index(a)] - points[:, kind.index(b)], axis=-1)
            for pair in self.pairs
            for leg in pair
            for a, b in ((leg.hip, leg.knee), (leg.knee, leg.foot))
        ]
        self.leg_length = float(2 * np.nanmean([np.nanmedian(bone) for bone in bones]))

    def names_unknown(self) -> np.ndarray:
        """Return channels (T, C) of the legs that do not depend on which is called left."""
        channels = []
        for legs in self.legs:
            left, right = _filled(legs.drawn[:, 0], self.times), _filled(legs.drawn[:, 1], self.times)
            channels += [0.5 * (left + right), np.abs(left - right)]
        return np.concatenate([one.reshape(len(one), -1) for one in channels], axis=1)

    def keep(self, period_s: float, phase: np.ndarray, states: list[np.ndarray]) -> Reading:
        """Return the reading with this period and these states (T,) per pair."""
        ends = [legs.assign(phase, one, None, 0) for legs, one in zip(self.legs, states, strict=True)]
        return self.scored(Reading(period_s, phase, tuple(ends)))

    def together(self, reading: Reading) -> Iterator[Reading]:
        """Yield what legs that seem to move together may also be.

        A leg drawn twice that alternates with one unseen; or, a stride twice as long, of two that alternate always the
        one ahead, or behind. Drawings cannot tell these apart, only what else is known of legs.
        """
        ends = reading.ends
        once = [replace(end, states=np.full(len(end.states), ONTO[0]), lag=0.5) for end in ends]
        yield self.scored(replace(reading, ends=tuple(once)), reading.terms["legs"])
        for ahead in (True, False):
            twice = [self._half_seen(end, reading.phase, ahead) for end in ends]
            other = Reading(2 * reading.period_s, reading.phase / 2, tuple(twice))
            yield self.scored(other, reading.terms["legs"])

    def _half_seen(self, end: Assignment, phase: np.ndarray, ahead: bool) -> Assignment:
        """Return the legs of twice the stride of which the one ahead, or behind, is drawn twice."""
        x = end.feet.mean(axis=1)
        passing = (x.argmin() if ahead else x.argmax()) / len(x)
        states = np.where(np.floor(phase - passing) % 2 == 0, *ONTO)
        # The half that is not seen mirrors the other about the place where the legs pass.
        unseen = 2 * (x.min() if ahead else x.max()) - x
        feet = np.repeat(np.concatenate([x, unseen])[:, None], 2, axis=1)
        return replace(end, states=states, lag=0.5, feet=feet)

    def read(self, period_s: float, phase: np.ndarray, starts: list[np.ndarray]) -> list[Reading]:
        """Return the best readings with this period; starts: states (T,) per pair to begin with."""
        if self.coincide:
            named = [np.full(len(phase), NAMED)] * len(self.legs)
            reading = self.keep(period_s, phase, named)
            return [reading, *self.together(reading)]
        ends = []
        for n, legs in enumerate(self.legs):
            tries = [
                legs.assign(phase, states, lag, 2, steady=False)
                for states, lag in [(starts[n], None), *_starts(legs, phase)]
            ]
            ends.append(list(_best_of_kind(legs, phase, tries)))
        return [self.scored(Reading(period_s, phase, one)) for one in product(*ends)]

    def misfit(self, reading: Reading) -> float:
        """Return the misfit of a joint in a frame, nats."""
        seen = sum(float(legs.seen.sum()) for legs in self.legs) * self.weight
        return reading.misfit / max(seen, 1.0)

    def cooled(self, readings: list[Reading]) -> list[Reading]:
        """Return readings whose misfit counts as much less as strides vary more than joints jitter."""
        if not readings:
            return readings
        part = 1 - 1 / max(1.0, min(self.misfit(one) for one in readings))
        return [
            replace(one, terms=one.terms | {"legs": one.terms["legs"] + part * one.misfit}) for one in readings
        ]

    def scored(self, reading: Reading, legs: float | None = None) -> Reading:
        """Fill in the terms; legs: what the drawn legs say, if their energy does not."""
        terms = {
            "legs": -sum(end.energy for end in reading.ends) if legs is None else legs,
            "tempo": self._tempo(reading),
            "balance": self._balance(reading),
            "twice": -_TWICE if reading.twice else 0.0,
            "heave": self._heave(reading),
            "flight": self._flight(reading),
            "body": self._body(reading),
        }
        return replace(reading, terms={name: float(value) for name, value in terms.items()})

    def _tempo(self, reading: Reading) -> float:
        """Strides of this length at this speed are usual (Alexander & Jayes 1983): a Froude bound on the period."""
        swing = np.mean([np.ptp(end.feet, axis=0) for end in reading.ends])
        stride = 2 * swing / self.leg_length  # of a foot that stands half of the time, leg lengths
        froude = (stride / reading.period_s) ** 2 * self.leg_length_m / GRAVITY
        miss = np.log(max(stride, 1e-3) / (_STRIDE * max(froude, 1e-6) ** _EXPONENT))
        return float(-2.0 * np.log1p(0.25 * (miss / _TEMPO_SPREAD) ** 2))

    def _balance(self, reading: Reading) -> float:
        """A foot swings nearly as far before its hip as behind it."""
        total = 0.0
        for end, hip in zip(reading.ends, self.hips, strict=True):
            for foot in end.feet.T:
                off = (0.5 * (foot.min() + foot.max()) - hip) / max(np.ptp(foot), self.spread)
                total -= 0.25 * ((off - _BALANCE) / _BALANCE_SPREAD) ** 2
        return max(total, -2 * _MOST_NATS)

    def _heave(self, reading: Reading) -> float:
        """The trunk heaves twice a stride where legs alternate, once where they move together."""
        once, twice = (_unexplained(self.heave[:, None], reading.phase, (m,)) for m in (1, 2))
        nats = float(np.clip(0.5 * self.weight * len(self.times) * np.log(once / twice), -_MOST_NATS, _MOST_NATS))
        return nats * float(np.mean([1 if _alternate(end) else -1 for end in reading.ends]))

    def _body(self, reading: Reading) -> float:
        """Arms swing with the stride's period, and against each other where legs alternate."""
        if self.kind.name != "coco17":
            return 0.0
        rows = [[self.kind.index(f"{side}_{joint}") for joint in ("elbow", "wrist")] for side in ("left", "right")]
        arms = np.stack([self.points[:, side] for side in rows], axis=1)
        if np.isfinite(arms).all(axis=-1).mean() < 0.5:
            return 0.0
        arms = _filled(arms, self.times)
        together, apart = arms.mean(axis=1), 0.5 * (arms[:, 0] - arms[:, 1])
        alternate, nats = _alternate(reading.ends[0]), 0.0
        for channels, once in ((apart, alternate), (together, not alternate)):
            flat = channels.reshape(len(channels), -1)
            rest = _unexplained(flat, reading.phase, (1, 2) if once else (2,))
            noise = 0.5 * self.spread**2 * flat.shape[1]
            all_ = _unexplained(flat, reading.phase, ())
            nats += 0.5 * self.weight * len(flat) * np.log((all_ + noise) / (rest + noise))
        return float(min(nats, 4 * _MOST_NATS))

    def _flight(self, reading: Reading) -> float:
        """Legs that swing forward together leave the ground, so they are not on it for most of the stride."""
        nats = 0.0
        for end in reading.ends:
            back = np.roll(end.feet, -1, axis=0) < end.feet
            share = max(back.mean(), 1 - back.mean())
            if not _alternate(end):
                nats -= 0.5 * (max(share - 0.5, 0.0) / _FLIGHT_SPREAD) ** 2
        return max(nats, -_MOST_NATS)


def periods(
    scene: Scene, found_s: float, phase: np.ndarray, least: float, most: float
) -> Iterator[tuple[float, np.ndarray]]:
    """Yield the stride periods worth a try, s, with their phases: what was found, and what does without names."""
    bases = []
    channels = scene.names_unknown()
    known = channels[:, np.isfinite(channels).all(axis=0)]
    blind = estimate_period(known, scene.fps, 0.5 * least, most).seconds if known.size else float("nan")
    if np.isfinite(blind):
        at = track_phase(known, scene.times, blind)
        bases += [(blind * factor, at / factor) for factor in (1.0, 2.0, 0.5)]
    if np.isfinite(found_s):
        bases.insert(0, (found_s, phase))
        bases += [(found_s * factor, phase / factor) for factor in (2.0, 0.5)]
    if scene.coincide:
        least *= 0.5  # of legs that alternate, half of the stride may be seen
    longest = max((scene.times[-1] - scene.times[0]) / _REPEATS, found_s if np.isfinite(found_s) else 0.0)
    tried: list[float] = []
    for period, at in bases:
        first = bool(tried) and tried[0] == found_s and len(tried) == 1
        if least <= period <= min(most, longest) and (first or all(abs(period / other - 1) > _SAME for other in tried)):
            tried.append(period)
            yield period, at


def _starts(legs: Legs, phase: np.ndarray) -> Iterator[tuple[np.ndarray, float | None]]:
    count = len(phase)
    yield np.full(count, NAMED), None
    yield np.full(count, ONTO[0]), 0.5
    for turn in np.arange(6) / 12:
        first = np.cos(2 * np.pi * (phase - turn)) > 0
        yield legs.ahead(first), 0.5


def _best_of_kind(legs: Legs, phase: np.ndarray, tries: list[Assignment]) -> Iterator[Assignment]:
    """Yield the best assignment of legs that alternate, and of legs that do not."""
    for alternate in (True, False):
        some = sorted((one for one in tries if _alternate(one) == alternate), key=lambda one: one.energy)
        if some:
            yield min(
                (legs.assign(phase, one.states, one.lag, 8) for one in some[:2]),
                key=lambda one: one.energy,
            )


def _alternate(end: Assignment) -> bool:
    return abs(end.lag - 0.5) < _ALTERNATE


def _jitter(points: np.ndarray) -> float:
    """Return the standard deviation of what does not last, from third differences, in the unit of points."""
    third = np.diff(points, n=3, axis=0)
    return float(np.nanmedian(np.abs(third)) / 0.6745 / np.sqrt(20))


def _filled(points: np.ndarray, times: np.ndarray) -> np.ndarray:
    from video2reward.motion.cleaning import fill_gaps

    return fill_gaps(points.reshape(len(points), -1, 2), times).reshape(points.shape)


def _unexplained(values: np.ndarray, phase: np.ndarray, harmonics: tuple[int, ...]) -> float:
    """Return the variance of values (T, C) that these harmonics of a phase leave, summed over channels."""
    angle = 2 * np.pi * phase[:, None] * np.array(harmonics, float)
    basis = np.concatenate([np.ones((len(phase), 1)), np.cos(angle), np.sin(angle)], axis=1)
    rest = values - basis @ np.linalg.lstsq(basis, values, rcond=None)[0]
    return float((rest**2).mean(axis=0).sum()) + 1e-9
