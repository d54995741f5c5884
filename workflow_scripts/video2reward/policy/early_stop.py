"""The early stop: a candidate whose agents keep falling is not trained to the end of its budget.

The rule looks at the candidate's own curve alone. From two fifths of the budget on, after every epoch, the training
ends if all three hold of the last tenth of the budget:

- an agent falls within a quarter of an episode on average;
- it does not learn to stay up: it falls hardly less often than a quarter of the budget before, not by a fifth less;
- it does not get better at its task either: the success is no higher than it was then.

Those that learn slowly fall often, but less and less, or get further before they do; those that stand, creep or move
unlike the clip do not fall. None of them is stopped. `benchmarks/early_stop.py` measures what the rule saves and
whether it changes who wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from video2reward.settings.training import Training
from video2reward.sim.base import BatchedEnv

# Parts of the budget, but for WITHIN, a part of an episode, and LESS, a part of the earlier falls.
FROM, WINDOW, EARLIER, WITHIN, LESS = 0.4, 0.1, 0.25, 0.25, 0.8
MIN_EPOCHS = 5
"""In a window; a training with fewer is too short to be judged by its curve."""


@dataclass(frozen=True)
class EarlyStop:
    """The rule for one training.

    steps: the budget, environment steps; episode_s: time until an episode runs out; rollout_s: of an epoch
    """

    steps: int
    episode_s: float
    rollout_s: float

    @classmethod
    def of(cls, env: BatchedEnv, training: Training) -> EarlyStop:
        """Return the rule for a candidate's training on `env`."""
        return cls(training.steps, env.episode_steps * env.dt, training.horizon * env.dt)

    def __call__(self, rows: Sequence[dict[str, float]]) -> str:
        """Return why the training shall end after these epochs, "" if it shall go on."""
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
