"""Failures that are the candidate's own: they end its training with a verdict, but not the workflow."""

from __future__ import annotations

import time
import traceback as tracebacks
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from video2reward.artifacts.io import digest
from video2reward.policy.spot_check import SpotCheck, count_agents
from video2reward.reward_contract import (
    MAX_IN_TRAINING,
    ContractError,
    Result,
    check_alone,
    check_same_names,
    read_result,
)
from video2reward.signals import SIGNALS
from video2reward.sim.base import RewardFunction
from video2reward.text.foreign import raised
from video2reward.text.visible import visible

if TYPE_CHECKING:
    from torch import Tensor

GRACE_S = 5.0
MAX_SHARE = 0.8
"""Largest share of the training's processor time, checked once a reward has used GRACE_S; honest rewards use 0.03."""
_LONGEST = 8000  # characters of a traceback
CONSTANT_CALLS = 1000
"""Training ends after so many calls with the same total for all agents, from which nothing can be learned."""


class CandidateFailedError(Exception):
    """The candidate failed: an exception in its reward, NaN or infinity."""


class Watch(Protocol):
    """Is notified when a call of the reward begins and ends, however it ends."""

    def begin(self) -> None:
        """Note that a call begins."""

    def end(self) -> None:
        """Note that the call has ended."""


def shortened(text: str) -> str:
    """Return a text without control characters, cut in the middle if it is long."""
    half = _LONGEST // 2
    return visible(text if len(text) <= _LONGEST else f"{text[:half]}\n...\n{text[-half:]}")


def in_full(error: BaseException) -> str:
    """Return an error's traceback, shortened."""
    return shortened("".join(tracebacks.format_exception(error)))


class GuardedReward:
    """A reward held to what its trial showed; any deviation is a `CandidateFailedError`.

    It must raise nothing, change none of the simulator's tensors, always return the same components, depend on each
    agent alone and not use up the training time. Errors from elsewhere pass through: a fault of ours must stop the
    run, not fail a candidate.
    `needed` names the signals that the reward takes, so that a simulator can compute only those.
    """

    def __init__(
        self,
        reward: RewardFunction,
        names: Sequence[str] = (),
        watches: Sequence[Watch] = (),
        seed: str = "",
    ) -> None:
        """Wrap `reward`.

        names: of its components, as found by its check; none: those of the first call
        seed: for drawing the spot checks
        """
        self._reward = reward
        self._names = tuple(names)
        self._watches = tuple(watches)
        self._spot_check = SpotCheck(seed)
        self._calls = 0
        self._start = time.process_time()
        self._spent = 0.0
        self._range = (float("inf"), -float("inf"))
        self.needed: tuple[str, ...] = tuple(getattr(reward, "needed", SIGNALS))

    def __call__(self, signals: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Return copies of the reward's total (N,) and components."""
        began = time.process_time()
        try:
            result = self._run(signals)
            self._check_independence(signals, result)
            self._check_varies(result)
        except ContractError as error:
            raise CandidateFailedError(str(error)) from None
        self._calls += 1
        self._spend(time.process_time() - began, result)
        return result.total, result.components

    def _run(self, signals: dict[str, Tensor]) -> Result:
        """Call the reward and check its result."""
        # torch counts writes into a tensor and all its views; numbers are passed by value.
        before = {name: getattr(value, "_version", 0) for name, value in signals.items()}
        for watch in self._watches:
            watch.begin()
        try:
            total, components = self._reward(signals)
        except Exception as error:  # code written by a model may raise anything
            raise CandidateFailedError(f"the reward raised {raised(error)[0]}") from error
        finally:
            for watch in reversed(self._watches):
                watch.end()
        for name, version in before.items():
            if getattr(signals[name], "_version", 0) != version:
                raise ContractError(f"the reward changes the simulator's {name} in place")
        if self._names:
            check_same_names(components, self._names)
        agents = count_agents(signals)
        result = read_result(total, components, agents, _device(signals, total), MAX_IN_TRAINING)
        self._names = self._names or result.names
        return result

    def _check_independence(self, signals: dict[str, Tensor], whole: Result) -> None:
        """Evaluate some of the agents without the others, in the first call and at random later."""
        index = self._spot_check.draw(signals, always=self._calls == 0)
        if index is None:
            return
        check_alone(whole, index, self._run(self._spot_check.part(signals, index)))

    def _check_varies(self, result: Result) -> None:
        low, high = min(self._range[0], result.lows[0]), max(self._range[1], result.highs[0])
        self._range = low, high
        if self._calls == CONSTANT_CALLS and high - low <= 1e-7 * max(1.0, abs(low)):
            raise ContractError(
                f"the total is constant ({low:.6g}) for all agents in the first {CONSTANT_CALLS} steps of training; "
                "it must depend on what the robot does"
            )

    def _spend(self, seconds: float, result: Result) -> None:
        self._spent += seconds
        share = self._spent / max(time.process_time() - self._start, 1e-9)
        if self._spent > GRACE_S and share > MAX_SHARE:
            raise CandidateFailedError(
                f"the reward takes {share:.0%} of the training's processor time, at most {MAX_SHARE:.0%} (its last call "
                f"{seconds:.2g} s for {result.values.shape[1]} agents); compute on whole tensors, without loops over "
                "agents or many steps"
            )


def guarded_reward(
    load: Callable[[Path], RewardFunction],
    path: Path,
    names: Sequence[str],
    mark: Watch,
    limits: Sequence[Watch],
) -> GuardedReward:
    """Return the reward in a file, compiled by `load`, which runs some of its code, under the same `mark` as its calls."""
    mark.begin()
    try:
        reward = load(path)
    finally:
        mark.end()
    return GuardedReward(reward, names, [mark, *limits], digest(path))


def _device(signals: dict[str, Tensor], total: Any) -> Any:
    """Return the device of the signals."""
    for value in signals.values():
        if hasattr(value, "device"):
            return value.device
    return total.device
