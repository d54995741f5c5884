"""Check a reward's arguments against the signal catalogue and the method's visible signals."""

from __future__ import annotations

import ast
from collections.abc import Collection

from video2reward.errors import choices
from video2reward.signals import SIGNALS

NAME = "compute_reward"


def check_signature(source: str, visible: Collection[str]) -> list[str]:
    """Return a sentence for each argument of `compute_reward` that is not a visible signal; empty if there is none.

    visible: names of the signals that the method shows. An argument that is not a signal is allowed if it has a default.
    """
    function = _function(source)
    if function is None:
        return [f"the code defines no function {NAME}"]
    spec = function.args
    arguments = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]
    optional = {a.arg for a in spec.args[len(spec.args) - len(spec.defaults) :]}
    optional |= {a.arg for a, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if default}
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
    written = ast.unparse(argument.annotation).strip("'") if argument.annotation else "torch.Tensor"
    shape = ", ".join(SIGNALS[name].shape)
    if written.rpartition(".")[2] == "Tensor" or (written == "float" and not shape):
        return ""
    what = f"a tensor of shape ({shape})" if shape else "one number"
    return (
        f"the signal {name!r} is {what}, but is annotated {written}; write {name}: {SIGNALS[name].annotation}"
    )


def _function(source: str) -> ast.FunctionDef | None:
    found = None
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == NAME:
            found = node
    return found
