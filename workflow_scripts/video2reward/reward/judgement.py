"""Judging a compiled reward by what it gives on real states."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from video2reward.signals import SIGNALS

if TYPE_CHECKING:
    from torch import Tensor

    from video2reward.reward.compile import CompiledReward

    Signals = dict[str, Tensor]

MAX_COMPONENTS = 40
MAX_REWARD = 1e6
"""Far above any sum of sensible terms; the square of much more overflows in the value function's loss."""
MAX_SECONDS = 0.1
"""Of one call for the trial's few agents: what is slower would take most of a training's time."""
MANY_AGENTS = 256

# What the robot is given and cannot influence, whatever it does.
_GIVEN = "commands default_joint_pos phase_sin phase_cos reference_keypoints reference_velocities"
_NAME = re.compile(r"[A-Za-z0-9_ .:+/()%-]{1,60}")


class TrialError(Exception):
    """A reward that runs but gives something unusable."""


def try_reward(reward: CompiledReward, states: list[Signals]) -> float:
    """Run the reward on all states, with few and many agents and twice over -> seconds per call."""
    import torch

    with torch.no_grad():
        results = [_run(reward, state) for state in states]
        totals = torch.stack([total for total, _ in results])
        _check_names([components for _, components in results])
        _check_varies(totals)
        again, _ = _run(reward, states[0])
        if not torch.allclose(again, totals[0], rtol=1e-4, atol=1e-6):
            raise TrialError("the reward gives different values for the same state; it must be deterministic")
        for state, total in zip(states, totals, strict=True):
            _check_alone(reward, state, total)
        _check_influence(reward, states, totals)
        seconds = _seconds(reward, states[0])
    if seconds > MAX_SECONDS:
        raise TrialError(
            f"one call takes {seconds:.2f} s for {len(totals[0])} agents, at most {MAX_SECONDS} s; "
            "compute on whole tensors, without loops over agents or many steps"
        )
    return seconds


def _run(reward: CompiledReward, state: Signals) -> tuple[Tensor, dict[str, Tensor]]:
    """Call the reward and check what it returns, and that it left its arguments as they were."""
    versions = {name: state[name]._version for name in reward.needed}
    total, components = reward(state)
    for name, version in versions.items():
        if state[name]._version != version:
            raise TrialError(
                f"the reward changes its argument {name} in place, perhaps through a view; "
                f"work on {name}.clone()"
            )
    _check_result(total, components, len(state["base_height"]))
    return total, components


def _agents(state: Signals, index: Tensor, only: frozenset[str] = frozenset(SIGNALS)) -> Signals:
    """Return the state with the agents of `index`, in the signals of `only`."""
    return {
        n: v[index] if n in only and SIGNALS[n].shape[:1] == ("N",) else v
        for n, v in state.items()
        if n in SIGNALS
    }


def _check_result(total: Any, components: Any, agents: int) -> None:
    _check_tensor("the total", total, agents)
    if not components:
        raise TrialError("the dictionary of components is empty; return each term under its name")
    if len(components) > MAX_COMPONENTS:
        raise TrialError(f"more than {MAX_COMPONENTS} components")
    for name, value in components.items():
        if not _NAME.fullmatch(name):
            raise TrialError(
                f"the component name {name[:80]!a} is not usable: at most 60 letters, digits, spaces and _.:+/()%-"
            )
        _check_tensor(f"the component {name!r}", value, agents)


def _check_tensor(what: str, value: Tensor, agents: int) -> None:
    import torch

    if tuple(value.shape) != (agents,):
        raise TrialError(
            f"{what} has shape {tuple(value.shape)} for N = {agents} agents, it must be (N,): one number per agent"
        )
    if value.dtype != torch.float32:
        raise TrialError(f"{what} is of type {value.dtype}, it must be torch.float32")
    bad = int((~torch.isfinite(value)).sum())
    if bad:
        raise TrialError(
            f"{what} is NaN or infinite for {bad} of {agents} agents; look for divisions by zero, "
            "logarithms and roots of what can be zero or negative"
        )
    largest = float(value.abs().max())
    if largest > MAX_REWARD:
        raise TrialError(
            f"{what} reaches {largest:.3g}, at most {MAX_REWARD:g} can be learned from; scale each term to "
            "about 0 to 1, for example with exp(-error / temperature)"
        )


def _check_names(results: list[dict[str, Tensor]]) -> None:
    first = sorted(results[0])
    for components in results[1:]:
        if sorted(components) != first:
            raise TrialError(
                f"the components differ from state to state ({', '.join(first)}; then "
                f"{', '.join(sorted(components))}); always return the same names"
            )


def _check_alone(reward: CompiledReward, state: Signals, total: Tensor) -> None:
    """Each agent's reward must be its own, whoever and how many are simulated beside it."""
    import torch

    agents = len(total)
    for index in (
        torch.zeros(1, dtype=torch.long),
        torch.arange(agents - 1, -1, -2),
        torch.arange(MANY_AGENTS) % agents,
    ):
        found, _ = _run(reward, _agents(state, index))
        if not _same_but_for_rounding(found, total[index]) and not _same_in_double(reward, state, index):
            raise TrialError(
                f"an agent's total changes with the other agents (N = {agents} and N = {len(index)} differ); it "
                "must depend on the agent alone: give every sum, mean and norm its dim=, and do not normalise "
                "over the agents"
            )


def _same_but_for_rounding(one: Tensor, other: Tensor) -> bool:
    """Tell whether two totals differ by no more than some roundings of float32, however large a constant part is."""
    import torch

    roundings = 64 * torch.finfo(torch.float32).eps
    return torch.allclose(one, other, rtol=roundings, atol=1e-5)


def _same_in_double(reward: CompiledReward, state: Signals, index: Tensor) -> bool:
    """Tell whether a difference vanishes in double precision: then it was rounding, blown up by a division or power."""
    import torch

    double = {name: value.double() for name, value in state.items()}
    try:
        total, found = reward(double)[0], reward(_agents(double, index))[0]
    except (
        RuntimeError
    ):  # a float32 of its own that does not go with it: what varies is compared more loosely
        total, found = reward(state)[0], reward(_agents(state, index))[0]
        centre = total.mean()
        return torch.allclose(found - centre, total[index] - centre, rtol=1e-3, atol=1e-5)
    return total.dtype == torch.float64 and torch.allclose(found, total[index], rtol=1e-9, atol=1e-9)


def _check_varies(totals: Tensor) -> None:
    spread = float(totals.max() - totals.min())
    if spread <= 1e-7 * max(1.0, float(totals.abs().max())):
        raise TrialError(
            f"the total is constant ({float(totals[0, 0]):.6g}) over {totals.numel()} different states; "
            "it must depend on what the robot does"
        )


def _check_influence(reward: CompiledReward, states: list[Signals], totals: Tensor) -> None:
    """Give each agent its neighbour's motion but its own command and clock: some total must change."""
    import torch

    neighbour = torch.arange(totals.shape[1]).roll(1)
    moved = frozenset(SIGNALS) - frozenset(_GIVEN.split())
    for state, total in zip(states, totals, strict=True):
        found, _ = _run(reward, _agents(state, neighbour, moved))
        if not torch.equal(found, total):
            return
    raise TrialError(
        f"the total does not depend on what the robot does, only on {', '.join(reward.needed)} as given; "
        "take signals of its motion, such as base_lin_vel"
    )


def _seconds(reward: CompiledReward, state: Signals, calls: int = 9) -> float:
    """Return the median time of a call after TorchScript has optimised it, s."""
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        reward(state)
        times.append(time.perf_counter() - start)
    return sorted(times)[calls // 2]
