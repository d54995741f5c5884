"""Failures that are the candidate's own: they end its training with a verdict, not the workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from video2reward.signals import SIGNALS
from video2reward.sim.base import RewardFunction

if TYPE_CHECKING:
    from torch import Tensor


class CandidateFailedError(Exception):
    """The reward or the training run into the ground: an exception in the reward, NaN, infinity."""


class GuardedReward:
    """A reward with whatever it raises turned into `CandidateFailedError`.

    Anything raised elsewhere stays what it is: a fault of ours must stop the run, not fail a candidate.
    `needed` names the signals that the reward takes, so that a simulator may compute those alone.
    """

    def __init__(self, reward: RewardFunction) -> None:
        """Wrap `reward`."""
        self._reward = reward
        self.needed: tuple[str, ...] = tuple(getattr(reward, "needed", SIGNALS))

    def __call__(self, signals: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the reward's total and components."""
        try:
            return self._reward(signals)
        except Exception as error:  # code written by a model may raise anything
            raise CandidateFailedError(f"the reward raised {type(error).__name__}: {error}") from error
