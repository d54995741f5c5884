"""A screen of rewards before training: on motions of known order, the better one should be paid more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from video2reward.artifacts.screen import Screen
from video2reward.reward_contract import MAX_IN_TRIAL, ContractError, read_result
from video2reward.text.foreign import raised

if TYPE_CHECKING:
    from video2reward.artifacts.states import KnownStates, Pair
    from video2reward.reward.compile import CompiledReward

TIE = 0.02
"""A lead below this part of the range of all returns is none."""
_LISTED = 4
"""Terms named per violation, those with the largest difference."""


def screen(reward: CompiledReward, states: KnownStates, sees_gait: bool) -> Screen:
    """Judge a reward by known motions; sees_gait: whether pairs count that only a reward which sees the legs can order."""
    returns: dict[str, float] = {}
    terms: dict[str, dict[str, float]] = {}
    for row, motion in enumerate(states.motions):
        try:
            returns[motion], terms[motion] = _paid(reward, states, row)
        except ContractError as error:
            return Screen(fault=f"on {motion}, {error}")
        except Exception as error:  # whatever the candidate raises is its fault
            return Screen(fault=f"on {motion}, {raised(error)[0]}")
    return ranked(returns, terms, states, sees_gait)


def ranked(
    returns: dict[str, float], terms: dict[str, dict[str, float]], states: KnownStates, sees_gait: bool
) -> Screen:
    """Hold returns against the known order."""
    span = max(returns.values()) - min(returns.values())
    leads = {pair: (returns[pair.better] - returns[pair.worse]) / max(span, 1e-12) for pair in states.pairs}
    counted = {"always", "gait"} if sees_gait else {"always"}
    best = states.pairs[0].better
    # To earn as much as the best motion is wrong; two bad ones may earn alike.
    least = {pair: TIE if pair.better == best else -TIE for pair in leads}
    violated = [pair for pair, lead in leads.items() if pair.demanded in counted and lead < least[pair]]
    nearest = min((pair for pair in leads if pair.better == best), key=lambda pair: leads[pair])
    worst_first = sorted(violated, key=lambda pair: leads[pair])
    sentences = tuple(_sentence(pair, returns, terms, states.motions) for pair in worst_first)
    return Screen(returns, terms, leads[nearest], nearest.worse, sentences)


def _paid(reward: CompiledReward, states: KnownStates, row: int) -> tuple[float, dict[str, float]]:
    """Return a motion's mean total per step and the terms' parts of it; after a fall nothing is paid."""
    import torch

    signals = {name: torch.from_numpy(np.array(values[row])) for name, values in states.signals.items()}
    lasting = torch.from_numpy(states.lasting[row].ravel())
    with torch.no_grad():
        total, components = reward(signals)
    found = read_result(total, components, len(lasting), lasting.device, MAX_IN_TRIAL)
    means = torch.where(lasting, found.values, 0.0).double().mean(1).tolist()
    return means[0], dict(zip(found.names, means[1:], strict=True))


def _sentence(
    pair: Pair, returns: dict[str, float], terms: dict[str, dict[str, float]], motions: dict[str, str]
) -> str:
    """Say in words and figures that the worse motion is paid as much."""
    better, worse = returns[pair.better], returns[pair.worse]
    how = "as much as" if worse <= better else "more than"
    if 0 < better < worse:
        how = f"{worse / better:.3g} times as much as"
    differences = {name: value - terms[pair.better][name] for name, value in terms[pair.worse].items()}
    largest = sorted(differences, key=lambda name: -abs(differences[name]))[:_LISTED]
    listed = ", ".join(
        f"{name} {terms[pair.worse][name]:.3g} against {terms[pair.better][name]:.3g}" for name in largest
    )
    return (
        f"{pair.worse} ({motions[pair.worse]}) earns {how} {pair.better} ({motions[pair.better]}): "
        f"{worse:.3g} against {better:.3g} a step; by term {listed}"
    )
