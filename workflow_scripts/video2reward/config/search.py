"""Whether an experiment's rounds and method suit its search, and its tuning."""

from __future__ import annotations

from video2reward.errors import UserError
from video2reward.settings.loop import Loop
from video2reward.settings.method import Method


def check_search(name: str, method_name: str, method: Method, loop: Loop) -> None:
    """Raise a `UserError` for an experiment whose search cannot do what it is for."""
    search = loop.search
    if search.kind != "greedy" and method.selection == "preference":
        raise UserError(
            f"experiment {name}: method {method_name} lets people choose between the films of one line of rounds, and search "
            f"{search.kind} has several; set search: greedy, or choose a method with another selection"
        )
    latest = max(2, loop.iterations - 1)
    if search.kind == "population" and search.crossover > latest:
        raise UserError(
            f"experiment {name}: search.crossover = {search.crossover} lets the islands meet in the last of {loop.iterations} "
            f"rounds alone, or never: set it to {latest} or less, or to 0 for islands that shall not meet"
        )


def check_tuning(name: str, loop: Loop) -> None:
    """Raise a `UserError` if there is no place for the tuned reward, or no round to take it."""
    if loop.tuning is None:
        return
    if loop.search.kind == "tree":
        raise UserError(
            f"experiment {name}: with search: tree, nobody knows before the run which rounds have a reward to tune; set tuning: "
            "false, or search: greedy or population"
        )
    for key, number, why in (
        (
            "samples",
            loop.samples,
            "the tuned reward is the last candidate of a round, beside one that is written",
        ),
        ("iterations", loop.iterations, "the reward is tuned between rounds"),
    ):
        if number < 2:
            raise UserError(
                f"experiment {name}: with tuning, {key} must be 2 or more, found {number}: {why}; raise it, or set tuning: false"
            )
