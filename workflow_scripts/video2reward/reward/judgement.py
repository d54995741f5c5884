"""Test a compiled reward on real states."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from video2reward.reward_contract import (
    MAX_IN_TRIAL,
    ContractError,
    Result,
    check_alone,
    check_same_names,
    others_matter,
    read_result,
)
from video2reward.signals import SIGNALS

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from video2reward.reward.compile import CompiledReward

    Signals = dict[str, Tensor]

MAX_SECONDS = 0.1
"""Time limit of a call for the trial's few agents, s; a slower reward would dominate the training time."""
MAX_CROWD_SECONDS = 0.5
"""Processor time limit, s, of a call for hundreds of agents, as in training."""
CROWDS = ((33, 256), (257, 1024), (1025, 4096))
"""Numbers of agents for the trial, one drawn from each range."""

# Signals that the robot cannot influence.
_GIVEN = "commands default_joint_pos phase_sin phase_cos reference_keypoints reference_velocities"


def try_reward(reward: CompiledReward, states: list[Signals], seed: int = 0) -> float:
    """Run the reward on all states, with few and many agents, repeatedly and in double precision -> seconds per call.

    seed: for drawing numbers and mixtures of agents; a reward that could predict them could cheat
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        results = [_run(reward, state) for state in states]
        for result in results[1:]:
            check_same_names(result.names, results[0].names)
        totals = torch.stack([result.total for result in results])
        _check_varies(totals)
        every = torch.arange(totals.shape[1])
        if others_matter(results[0], every, _run(reward, states[0])):
            raise ContractError(
                "the reward gives different values for the same state; it must be deterministic"
            )
        for state, result in zip(states, results, strict=True):
            _check_alone(reward, state, result, generator)
        for low, high in CROWDS:
            size = int(torch.randint(low, high + 1, (), generator=generator))
            _check_crowd(reward, crowd(states, size, generator), generator)
        _check_influence(reward, states, totals)
        seconds = _seconds(reward, states[0])
    if seconds > MAX_SECONDS:
        raise ContractError(
            f"one call takes {seconds:.2f} s for {len(totals[0])} agents, at most {MAX_SECONDS} s; {_QUICKER}"
        )
    return seconds


_QUICKER = "compute on whole tensors, without loops over agents or many steps"


def crowd(states: list[Signals], size: int, generator: torch.Generator) -> Signals:
    """Return a state of `size` agents drawn from all states, each slightly perturbed so that no two are equal."""
    import torch

    agents = len(states[0]["base_height"])
    drawn = torch.randint(0, agents * len(states), (size,), generator=generator)
    mixed = dict(states[0])
    for name, first in states[0].items():
        if name in SIGNALS and SIGNALS[name].shape[:1] == ("N",):
            rows = torch.cat([state[name] for state in states])[drawn]
            # Towards zero, so that unit vectors stay within 1; contacts and counts stay integers.
            less = 1 - 1e-3 * torch.rand(size, generator=generator).view(-1, *[1] * (first.ndim - 1))
            mixed[name] = torch.where(rows == rows.round(), rows, rows * less)
    return mixed


def _run(reward: CompiledReward, state: Signals) -> Result:
    """Call the reward, and check its result and that it did not change its arguments."""
    versions = {name: state[name]._version for name in reward.needed}
    total, components = reward(state)
    for name, version in versions.items():
        if state[name]._version != version:
            raise ContractError(
                f"the reward changes its argument {name} in place, perhaps through a view; "
                f"work on {name}.clone()"
            )
    height = state["base_height"]
    return read_result(total, components, len(height), height.device, MAX_IN_TRIAL)


def _agents(state: Signals, index: Tensor, only: frozenset[str] = frozenset(SIGNALS)) -> Signals:
    """Return the state with the agents in `index` selected, in the signals of `only`."""
    return {
        n: v[index] if n in only and SIGNALS[n].shape[:1] == ("N",) else v
        for n, v in state.items()
        if n in SIGNALS
    }


def _check_alone(reward: CompiledReward, state: Signals, result: Result, generator: torch.Generator) -> None:
    """Check that each agent's reward does not depend on which and how many others are simulated."""
    import torch

    agents = result.values.shape[1]
    order = torch.randperm(agents, generator=generator)
    single, few = order[:1], int(torch.randint(2, max(agents, 3), (), generator=generator))
    for index in (single, order[:few]):
        part = _run(reward, _agents(state, index))
        check_same_names(part.names, result.names)
        check_alone(result, index, part)


def _check_crowd(reward: CompiledReward, state: Signals, generator: torch.Generator) -> None:
    """Try many agents in single and double precision; the latter shows what a large constant hides in the former."""
    start = time.process_time()
    result = _run(reward, state)
    seconds = time.process_time() - start
    if seconds > MAX_CROWD_SECONDS:
        agents = result.values.shape[1]
        raise ContractError(
            f"one call takes {seconds:.2f} s for {agents} agents, at most {MAX_CROWD_SECONDS} s; {_QUICKER}"
        )
    _check_alone(reward, state, result, generator)
    with _double_precision():
        precise = {name: value.double() for name, value in state.items()}
        try:
            result = _run(reward, precise)
        except Exception:  # honest code may support single precision only
            return
        _check_alone(reward, precise, result, generator)


@contextmanager
def _double_precision() -> Iterator[None]:
    """Make double precision the default for tensors that a reward creates."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def _check_varies(totals: Tensor) -> None:
    spread = float(totals.max() - totals.min())
    if spread <= 1e-7 * max(1.0, float(totals.abs().max())):
        raise ContractError(
            f"the total is constant ({float(totals[0, 0]):.6g}) over {totals.numel()} different states; "
            "it must depend on what the robot does"
        )


def _check_influence(reward: CompiledReward, states: list[Signals], totals: Tensor) -> None:
    """Give each agent its neighbour's motion but keep its command and clock: some total must change."""
    import torch

    neighbour = torch.arange(totals.shape[1]).roll(1)
    moved = frozenset(SIGNALS) - frozenset(_GIVEN.split())
    for state, total in zip(states, totals, strict=True):
        if not torch.equal(_run(reward, _agents(state, neighbour, moved)).total, total):
            return
    raise ContractError(
        f"the total does not depend on what the robot does, only on {', '.join(reward.needed)} as given; "
        "take signals of its motion, such as base_lin_vel"
    )


def _seconds(reward: CompiledReward, state: Signals) -> float:
    """Return the median time of a call after TorchScript's optimisation, s."""
    times = []
    for _ in range(9):
        start = time.perf_counter()
        reward(state)
        times.append(time.perf_counter() - start)
    return sorted(times)[4]
