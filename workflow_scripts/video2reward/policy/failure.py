"""Failures that are the candidate's own: they end its training with a verdict, not the workflow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from video2reward.signals import SIGNALS
from video2reward.sim.base import RewardFunction

if TYPE_CHECKING:
    from torch import Tensor

STALL_S = 60.0
"""Processor time of one call after which a reward counts as endless; a trial allows 0.1 s for few agents."""


class CandidateFailedError(Exception):
    """The reward or the training run into the ground: an exception in the reward, NaN, infinity."""


def shortened(text: str, most: int = 8000) -> str:
    """Return a text's two ends if it is longer than `most`: what a reward raises can be of any length."""
    half = most // 2
    return text if len(text) <= most else f"{text[:half]}\n...\n{text[-half:]}"


class GuardedReward:
    """A reward that is held to what its trial showed; what it does otherwise is a `CandidateFailedError`.

    It may raise nothing, change none of the simulator's tensors, and return the same components every time.
    Anything raised elsewhere stays what it is: a fault of ours must stop the run, not fail a candidate.
    `needed` names the signals that the reward takes, so that a simulator may compute those alone.
    `watchdog`: is told when a call begins and ends.
    """

    def __init__(self, reward: RewardFunction, watchdog: Watchdog | None = None) -> None:
        """Wrap `reward`."""
        self._reward = reward
        self._watchdog = watchdog
        self._names: frozenset[str] | None = None
        self.needed: tuple[str, ...] = tuple(getattr(reward, "needed", SIGNALS))

    def __call__(self, signals: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the reward's total and components."""
        # torch counts the writes into a tensor and all its views; numbers are copied anyway.
        before = {name: getattr(value, "_version", 0) for name, value in signals.items()}
        if self._watchdog is not None:
            self._watchdog.begin()
        try:
            total, components = self._reward(signals)
        except Exception as error:  # code written by a model may raise anything
            raise CandidateFailedError(
                f"the reward raised {type(error).__name__}: {shortened(str(error))}"
            ) from error
        finally:
            if self._watchdog is not None:
                self._watchdog.end()
        for name, version in before.items():
            if getattr(signals[name], "_version", 0) != version:
                raise CandidateFailedError(f"the reward changes the simulator's {name} in place")
        names = frozenset(components)
        if self._names not in (None, names):
            odd = ", ".join(sorted(names ^ (self._names or names)))
            raise CandidateFailedError(f"the reward's components change from step to step: {odd}")
        self._names = names
        return total, components


class Watchdog:
    """Notices a call that never returns: TorchScript cannot be interrupted, its process can only be ended.

    Processor time counts, so that a stopped or crowded machine ends nothing.
    """

    def __init__(self, stalled: Callable[[str], None], seconds: float = STALL_S) -> None:
        """Call `stalled`, from a thread of its own, with a sentence about a call that takes longer."""
        self._stalled = stalled
        self._seconds = seconds
        self._began: float | None = None
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def begin(self) -> None:
        """Start to count."""
        self._began = time.process_time()

    def end(self) -> None:
        """Stop counting."""
        self._began = None

    def _watch(self) -> None:
        while True:
            time.sleep(min(1.0, self._seconds / 4))
            began = self._began
            if began is not None and time.process_time() - began > self._seconds:
                self._stalled(f"one call of the reward took more than {self._seconds:g} s (an endless loop?)")
                return
