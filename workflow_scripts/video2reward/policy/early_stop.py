"""Early stopping: a candidate whose agents keep falling does not use up its budget.

The rule uses only the candidate's own learning curve. From two fifths of the budget on, training stops after an epoch
if all three hold for the last tenth of the budget:

- an agent falls within a quarter of an episode on average;
- it does not learn to stay up: falls are less than a fifth rarer than a quarter of the budget before;
- it does not improve at its task either: success is no higher than it was then.

Slow learners fall often, but less and less, or get further before they fall; candidates that stand, creep or move
unlike the clip do not fall. None of these is stopped. `benchmarks/early_stop.py` measures what the rule saves and
whether it changes the winner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from video2reward.settings.training import Training
from video2reward.sim.base import BatchedEnv

# Fractions of the budget, except for WITHIN, a fraction of an episode, and LESS, a fraction of the earlier falls.
FROM, WINDOW, EARLIER, WITHIN, LESS = 0.4, 0.1, 0.25, 0.25, 0.8
MIN_EPOCHS = 5
"""Epochs per window; with fewer, a training run is too short to be judged by its curve."""


@dataclass(frozen=True)
class EarlyStop:
    """The rule for one training.

    steps: the budget, environment steps; episode_s: episode time limit, s; rollout_s: duration of an epoch's rollout, s
    """

    steps: int
    episode_s: float
    rollout_s: float

    @classmethod
    def of(cls, env: BatchedEnv, training: Training) -> EarlyStop:
        """Return the rule for a candidate's training on `env`."""
        return cls(training.steps, env.episode_steps * env.dt, training.horizon * env.dt)

    def __call__(self, rows: Sequence[dict[str, float]]) -> str:
        """Return why training should stop after these epochs, "" if it should continue."""
        step = rows[-1]["step"]
        if step < FROM * self.steps:
            return ""
        now, before = (self._window(rows, until) for until in (step, step - EARLIER * self.steps))
        if min(len(now), len(before)) < MIN_EPOCHS:
            return ""
        falls, fell = (_mean(window, "terminated_fraction") / self.rollout_s for window in (now, before))
        success, had = (_mean(window, "success") for window in (now, before))
        if falls * WITHIN * self.episode_s < 1 or falls < LESS * fell or success > had:
            return ""
        earlier = f"every {1 / fell:.1f} s" if fell else "not at all"
        return (
            f"after {step / self.steps:.0%} of the steps an agent falls every {1 / falls:.1f} s on average, "
            f"in episodes of {self.episode_s:g} s, a quarter of the budget before it fell {earlier}; "
            f"success went from {had:.3g} to {success:.3g}"
        )

    def _window(self, rows: Sequence[dict[str, float]], until: float) -> list[dict[str, float]]:
        """Return the epochs of the window that ends at a step."""
        return [row for row in rows if until - WINDOW * self.steps < row["step"] <= until]


def _mean(rows: Sequence[dict[str, float]], name: str) -> float:
    return sum(row[name] for row in rows) / len(rows)
