"""The early stop: a candidate whose agents keep falling is not trained to the end of its budget.

The rule looks at the candidate's own curve alone. From half of the budget on, after every epoch, the training ends
if both hold:

- an agent falls within a quarter of an episode on average, over the last tenth of the budget;
- it does not learn to stay up: it falls hardly less often than a quarter of the budget before, not by a fifth less.

Those that learn slowly fall often, but less and less; those that stand, creep or move unlike the clip do not fall.
Neither is stopped. `benchmarks/early_stop.py` measures what the rule saves and whether it changes who wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from video2reward.settings import Training
from video2reward.sim.base import BatchedEnv

# Parts of the budget, but for WITHIN, a part of an episode, and LESS, a part of the earlier falls.
FROM, WINDOW, EARLIER, WITHIN, LESS = 0.5, 0.1, 0.25, 0.25, 0.8
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
        now, before = (self._falls(rows, until) for until in (step, step - EARLIER * self.steps))
        if now is None or before is None or now * WITHIN * self.episode_s < 1 or now < LESS * before:
            return ""
        return (
            f"after {step / self.steps:.0%} of the steps an agent falls every {1 / now:.1f} s on average, within "
            f"{WITHIN:g} of an episode of {self.episode_s:g} s, and hardly less often than before "
            f"(every {f'{1 / before:.1f} s' if before else 'time not at all'})"
        )

    def _falls(self, rows: Sequence[dict[str, float]], until: float) -> float | None:
        """Return the falls per agent and second in the window that ends at a step; None if it is too short."""
        window = [
            row["terminated_fraction"] for row in rows if until - WINDOW * self.steps < row["step"] <= until
        ]
        if len(window) < MIN_EPOCHS:
            return None
        return sum(window) / len(window) / self.rollout_s
