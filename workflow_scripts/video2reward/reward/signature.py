"""A reward's arguments against the signal catalogue and what the method lets the model see."""

from __future__ import annotations

import ast
from collections.abc import Collection

from video2reward.errors import choices
from video2reward.signals import SIGNALS

NAME = "compute_reward"


def check_signature(source: str, visible: Collection[str]) -> list[str]:
    """Return a sentence for each argument of `compute_reward` that is no visible signal; empty if none.

    visible: names of the signals that the method shows. An argument with a default that is no signal
    keeps its default.
    """
    function = _function(source)
    if function is None:
        return [f"the code defines no function {NAME}"]
    arguments = function.args.args
    optional = {a.arg for a in arguments[len(arguments) - len(function.args.defaults) :]}
    faults = [_argument(a, visible) for a in arguments if a.arg in SIGNALS or a.arg not in optional]
    if not arguments:
        faults.append(f"{NAME} takes no arguments, so it cannot judge anything; it takes signals by name")
    return [fault for fault in faults if fault]


def _argument(argument: ast.arg, visible: Collection[str]) -> str:
    name = argument.arg
    if name == "self":
        return f"{NAME} takes signals by name, there is no self"
    if name not in SIGNALS:
        return choices(name, visible, "signal")
    if name not in visible:
        return f"the signal {name!r} is hidden by this method. Valid: {', '.join(sorted(visible))}."
    written = ast.unparse(argument.annotation) if argument.annotation else "torch.Tensor"
    if SIGNALS[name].shape and written in ("float", "int", "bool"):
        shape = ", ".join(SIGNALS[name].shape)
        return f"the signal {name!r} is a tensor of shape ({shape}), but is annotated {written}"
    return ""


def _function(source: str) -> ast.FunctionDef | None:
    found = None
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == NAME:
            found = node
    return found
