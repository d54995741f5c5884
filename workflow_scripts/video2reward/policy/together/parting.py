"""The state of a round in one process, cut into its candidates' and joined from those that go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor


def state_of_one(state: dict[str, Any], index: int) -> dict[str, Any]:
    """Return the state that a round of the member `index` alone would have."""
    collector, members = state["collector"], len(state["members"])
    rows = len(collector["observation"]) // members
    agents = slice(index * rows, (index + 1) * rows)
    env = {
        name: value
        if value.dim() == 0
        else value[agents]
        if len(value) == rows * members
        else value[index : index + 1]
        for name, value in collector["env"].items()
    }
    learners = state["learners"]
    learner = learners[index] if len(learners) == members else _cut(learners[0], index)
    own = {
        "env": env,
        "observation": collector["observation"][agents],
        "figures": [collector["figures"][index]],
        "noise": [collector["noise"][index]],
    }
    return {**state, "collector": own, "learners": [learner], "members": [state["members"][index]]}


def joined_states(states: Sequence[dict[str, Any]], batched: bool) -> dict[str, Any]:
    """Return the state of a round of several members, each of a state of its own, all after the same epoch.

    batched: whether one learner trains them all, as on a GPU; else each has its own
    """
    epochs = {int(one["epoch"]) for one in states}
    if len(epochs) != 1:
        raise ValueError(f"members of one round are after the same epoch, these are after {sorted(epochs)}")
    first, collectors = states[0], [one["collector"] for one in states]
    env = {
        name: value if value.dim() == 0 else torch.cat([one["env"][name] for one in collectors])
        for name, value in collectors[0]["env"].items()
    }
    learners = [one["learners"][0] for one in states]
    collector = {
        "env": env,
        "observation": torch.cat([one["observation"] for one in collectors]),
        "figures": [one["figures"][0] for one in collectors],
        "noise": [one["noise"][0] for one in collectors],
    }
    return {
        **first,
        "collector": collector,
        "learners": [_joined(learners)] if batched else learners,
        "members": [one["members"][0] for one in states],
    }


def _cut(learner: dict[str, Any], index: int) -> dict[str, Any]:
    """Return one policy's part of a learner's state; what is a plain number is the same for all."""
    return {
        name: _cut(value, index)
        if isinstance(value, dict)
        else value[index : index + 1]
        if isinstance(value, Tensor)
        else value
        for name, value in learner.items()
    }


def _joined(learners: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        name: _joined([one[name] for one in learners])
        if isinstance(value, dict)
        else torch.cat([one[name] for one in learners])
        if isinstance(value, Tensor)
        else value
        for name, value in learners[0].items()
    }
