"""Assigning detected legs to left and right in each frame, given the phase of the stride.

Both legs of a pair make the same motion with a time lag, described by one cycle. Two steps alternate (hard
expectation maximisation): the detected legs are assigned to the two legs so that they fit the cycle (Viterbi
algorithm), and the cycle is fitted to the assigned legs. "Drawn" means as detected.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# For knee, then foot: the true legs of the first and second detected leg. As named; exchanged; only knees or only feet
# exchanged; both detected on the first leg, or on the second.
STATES = np.array(
    [
        [[0, 1], [0, 1]],
        [[1, 0], [1, 0]],
        [[0, 1], [1, 0]],
        [[1, 0], [0, 1]],
        [[0, 0], [0, 0]],
        [[1, 1], [1, 1]],
    ]
)
NAMED, ONTO = 0, (4, 5)
RELABELLED = np.array([1, 0, 3, 2, 5, 4])
# Cost of a state per frame and of a change of state, nats; cap on the misfit of one joint, nats.
_COST, _CHANGE, _CAP = np.array([0.0, 0.05, 0.5, 0.5, 0.05, 0.05]), 2.0, 8.0
# Prior standard deviations of a cycle, trunk lengths: its mean; its k-th harmonic times k^2; the offset between the
# twins, as one is nearer to the camera; their other differences, as a fraction of the harmonics.
_PLACE, _WAVE, _ASIDE, _UNLIKE = 2.0, 0.6, 0.06, 0.12
_HARMONICS = 8
# Both legs coincide in a frame if their distance costs fewer nats than this (2 on average if true), and in the clip if
# they do in more than this fraction of frames.
_NEAR, _MOSTLY = 6.0, 0.85
# Huber threshold of a joint's misfit, standard deviations.
_HUBER = 2.0


@dataclass(frozen=True)
class Assignment:
    """states: (T,) rows of STATES; model: (T, 2, 2, 2) predicted places by leg and joint (knee, foot), trunk lengths.

    misfit: of all frames, nats; cost: of the states and their changes, nats; lag: of the second leg, cycles
    feet: (64, 2) x of both feet over the cycle, each from its own phase 0
    occam: penalty for the cycle's parameters, nats (MacKay 1992, Neural Computation 4:415-447)
    """

    states: np.ndarray
    model: np.ndarray
    misfit: float
    cost: float
    lag: float
    feet: np.ndarray
    occam: float

    @property
    def energy(self) -> float:
        """The sum of misfit, cost and occam, nats; less is better."""
        return self.misfit + self.cost + self.occam

    @property
    def twice(self) -> float:
        """The fraction of frames in which both legs are detected in one place."""
        return float(np.isin(self.states, ONTO).mean())

    @property
    def named(self) -> float:
        """The fraction of informative frames in which the first leg is named left."""
        named, exchanged = (int((self.states == state).sum()) for state in (NAMED, 1))
        return named / (named + exchanged) if named + exchanged else 1.0

    def foremost(self, leg: int) -> float:
        """Return the phase at which a foot is foremost, cycles, from its first harmonic."""
        wave = np.fft.fft(self.feet[:, leg])[1]
        return float(-np.angle(wave) / (2 * np.pi) + leg * self.lag) % 1

    def differs(self, other: Assignment) -> float:
        """Return the fraction of frames in which another assignment differs, up to a swap of the two legs."""
        return float(
            min((self.states != other.states).mean(), (RELABELLED[self.states] != other.states).mean())
        )


class Legs:
    """A pair of legs as detected.

    drawn: (T, 2, 2, 2) by detected leg, knee or foot, x y, trunk lengths about the trunk, NaN where unseen
    spread: standard deviation of a joint about its cycle, trunk lengths; weight: independent samples per frame
    """

    def __init__(self, drawn: np.ndarray, spread: float, weight: float) -> None:
        """See above."""
        self.drawn, self.spread, self.weight = drawn, spread, weight
        self.seen = np.isfinite(drawn).all(axis=-1)
        apart = np.where(self.seen.all(axis=1), self._nats(drawn[:, 0] - drawn[:, 1], 2.0), 0.0).sum(axis=1)
        self._apart = apart
        both = self.seen.all(axis=(1, 2))
        self.coincide = bool(both.any() and (apart[both] < _NEAR).mean() > _MOSTLY)
        """Whether both legs coincide in nearly all frames."""

    def assign(
        self, phase: np.ndarray, states: np.ndarray, lag: float | None, rounds: int, steady: bool = True
    ) -> Assignment:
        """Improve `states` (T,) in at most `rounds` rounds; 0 keeps them.

        lag: cycles, None to estimate it from the states; steady: penalise changes of state, which is slower
        """
        lag = self._lag(phase, states, 0.5) if lag is None else lag
        model, feet, occam = self._fit(phase, states, lag, None)
        for round_ in range(rounds):
            new = self._viterbi(model) if steady else (self._emission(model) + _COST).argmin(axis=1)
            if round_ > 0:
                lag = self._lag(phase, new, lag)
            model, feet, occam = self._fit(phase, new, lag, model)
            if round_ > 0 and (new == states).all():
                break
            states = new
        else:
            model, feet, occam = self._fit(phase, states, lag, model)
        emission = self._emission(model)
        misfit = float(emission[np.arange(len(states)), states].sum())
        changes = float((np.diff(states) != 0).sum())
        cost = float(self.weight * _COST[states].sum() + _CHANGE * changes)
        return Assignment(states, model, self.weight * misfit, cost, lag, feet, occam)

    def ahead(self, first: np.ndarray) -> np.ndarray:
        """Return states that assign the front foot to the first leg where `first` (T,) is true, else the rear foot."""
        x = self.drawn[:, :, 1, 0]
        swapped = np.where(np.isfinite(x).all(axis=1), (x[:, 0] < x[:, 1]) == first, False)
        return np.where(swapped, 1, NAMED)

    def _nats(self, miss: np.ndarray, factor: float = 1.0) -> np.ndarray:
        return np.asarray(np.minimum(0.5 * (miss**2).sum(axis=-1) / (factor * self.spread**2), _CAP), float)

    def _emission(self, model: np.ndarray) -> np.ndarray:
        """Return the misfit of every state, (T, S) nats."""
        miss = self.drawn[:, :, None] - model[:, None]  # (T, drawn, leg, joint, 2)
        nats = np.where(self.seen[:, :, None], self._nats(miss), 0.0)
        total = np.zeros((len(nats), len(STATES)))
        for joint in (0, 1):
            for drawn in (0, 1):
                total += nats[:, drawn, STATES[:, joint, drawn], joint]
        # If two legs coincide, the second carries no information besides its distance from the first.
        both = np.where(self.seen.all(axis=(1, 2)), 0.5, 1.0)[:, None]
        total[:, ONTO] = both * total[:, ONTO] + self._apart[:, None]
        return total

    def _viterbi(self, model: np.ndarray) -> np.ndarray:
        emission = self.weight * (self._emission(model) + _COST)
        count, kinds = emission.shape
        change = _CHANGE * (1 - np.eye(kinds))
        back = np.zeros((count, kinds), int)
        total = emission[0]
        for t in range(1, count):
            ways = total[:, None] + change
            back[t] = ways.argmin(axis=0)
            total = ways[back[t], np.arange(kinds)] + emission[t]
        states = np.empty(count, int)
        states[-1] = total.argmin()
        for t in range(count - 1, 0, -1):
            states[t - 1] = back[t, states[t]]
        return states

    def _fit(
        self, phase: np.ndarray, states: np.ndarray, lag: float, before: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray, float]:
        """Fit the common cycle; returns the model (T, 2, 2, 2), the feet (64, 2) and the Occam penalty, nats."""
        bases = [_basis(phase - leg * lag, _HARMONICS) for leg in (0, 1)]
        designs = [_both(basis, leg) for leg, basis in enumerate(bases)]
        model = np.empty((len(phase), 2, 2, 2))
        waves = _WAVE / np.repeat(np.arange(1, _HARMONICS + 1), 2) ** 2.0
        prior = np.concatenate([[_PLACE], waves, [_ASIDE], _UNLIKE * waves])
        feet, occam, precision = np.zeros((0, 2)), 0.0, self.weight / self.spread**2
        for joint in (0, 1):
            normal, right = np.zeros((len(prior), len(prior))), np.zeros((len(prior), 2))
            for drawn in (0, 1):
                legs = STATES[states, joint, drawn]
                for leg in (0, 1):
                    use = self.seen[:, drawn, joint] & (legs == leg)
                    design, values = designs[leg][use], self.drawn[use, drawn, joint]
                    trust = np.ones(len(values))
                    if before is not None:
                        far = np.linalg.norm(values - before[use, leg, joint], axis=-1) / self.spread
                        trust = _HUBER / np.maximum(far, _HUBER)
                    normal += (design.T * trust) @ design
                    right += (design.T * trust) @ values
            full = precision * normal + np.diag(prior**-2.0)
            found = np.linalg.solve(full, precision * right)
            usual = found[1:] / prior[1:, None]  # the prior of the mean is uninformative
            occam += float(np.linalg.slogdet(full)[1] + 2 * np.log(prior).sum() + 0.5 * (usual**2).sum())
            for leg in (0, 1):
                model[:, leg, joint] = designs[leg] @ found
            if joint == 1:
                grid = _basis(np.arange(64) / 64, _HARMONICS)
                feet = np.stack([_both(grid, leg) @ found[:, 0] for leg in (0, 1)], axis=1)
        return model, feet, occam

    def _lag(self, phase: np.ndarray, states: np.ndarray, otherwise: float) -> float:
        """Return the lag of the second leg's foot, 0..1 cycles; `otherwise` if too little is seen."""
        waves, basis = [], _basis(phase, 2)
        for leg in (0, 1):
            rows, values = [], []
            for drawn in (0, 1):
                use = self.seen[:, drawn, 1] & (STATES[states, 1, drawn] == leg)
                rows.append(basis[use])
                values.append(self.drawn[use, drawn, 1, 0])
            design, value = np.concatenate(rows), np.concatenate(values)
            if len(value) < 0.3 * len(phase) or np.isin(states, ONTO).mean() > 0.3:
                return otherwise
            found = np.linalg.lstsq(design, value, rcond=None)[0]
            waves.append(complex(found[1], -found[2]))
        return float(np.angle(waves[0] / waves[1]) / (2 * np.pi) % 1) if abs(waves[1]) > 1e-9 else otherwise


def _both(basis: np.ndarray, leg: int) -> np.ndarray:
    """Return the design matrix of a leg's cycle: the common part, then the difference."""
    return np.concatenate([basis, (1 - 2 * leg) * basis], axis=1)


def _basis(phase: np.ndarray, harmonics: int) -> np.ndarray:
    angle = 2 * np.pi * phase[:, None] * np.arange(1, harmonics + 1)
    waves = np.stack([np.cos(angle), np.sin(angle)], axis=-1).reshape(len(phase), -1)
    return np.concatenate([np.ones((len(phase), 1)), waves], axis=1)
