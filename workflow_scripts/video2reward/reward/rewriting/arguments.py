"""Annotate untyped arguments that are not tensors, as TorchScript takes untyped arguments for tensors."""

from __future__ import annotations

import ast

from video2reward.reward.rewriting.base import Notes, arguments, at, functions, read
from video2reward.reward.rewriting.kinds import TENSOR, has_shape, kind_of, kinds_of, returned_kinds
from video2reward.signals import SIGNALS

NAME = "compute_reward"


def annotate(tree: ast.Module, notes: Notes) -> None:
    """Annotate untyped arguments that are not tensors: scalar signals, and helper arguments as called."""
    returns = returned_kinds(tree)
    for function in functions(tree):
        if function.name == NAME:
            _annotate_numbers(function, notes)
    for _ in range(3):  # helpers pass arguments on to other helpers
        given = _given_kinds(tree, returns)
        for function in functions(tree):
            for argument in function.args.args:
                if argument.annotation is not None or argument.arg in SIGNALS:
                    continue
                found = given.get((function.name, argument.arg), set())
                kind = "float" if found == {"int", "float"} else found.pop() if len(found) == 1 else ""
                if kind in ("float", "int", "str", "bool") or kind.startswith("List["):
                    argument.annotation = at(ast.parse(kind, mode="eval").body, argument)
                    notes.add(argument, f"{argument.arg} annotated {kind}")


def _given_kinds(tree: ast.Module, returns: dict[str, str]) -> dict[tuple[str, str], set[str]]:
    """Return the types of each function's arguments in calls and defaults; "" stands for an unknown type."""
    found: dict[tuple[str, str], set[str]] = {}
    names = {function.name: [a.arg for a in function.args.args] for function in functions(tree)}
    for function in functions(tree):
        spec = function.args
        for argument, default in zip(
            spec.args[len(spec.args) - len(spec.defaults) :], spec.defaults, strict=True
        ):
            found.setdefault((function.name, argument.arg), set()).add(kind_of(default, {}, {}))
    for caller in functions(tree):
        kinds = kinds_of(caller, returns)
        for node in ast.walk(caller):
            match node:
                case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in names:
                    pairs = [
                        *zip(names[name], args, strict=False),
                        *((k.arg or "", k.value) for k in keywords),
                    ]
                    for argument_name, value in pairs:
                        found.setdefault((name, argument_name), set()).add(kind_of(value, kinds, returns))
    return found


def _annotate_numbers(function: ast.FunctionDef, notes: Notes) -> None:
    """Annotate scalar signals as float, unless they are used as tensors."""
    for argument in arguments(function):
        signal = SIGNALS.get(argument.arg)
        if (
            argument.annotation is None
            and signal is not None
            and not signal.shape
            and not _as_tensor(function, argument.arg)
        ):
            argument.annotation = ast.copy_location(ast.Name("float", ast.Load()), argument)
            notes.add(argument, f"{argument.arg} annotated float, as the signal is")


def _as_tensor(function: ast.FunctionDef, name: str) -> bool:
    """Tell whether a name is used as a tensor: a method call on it, or torch applied to it, alone or in scalar arithmetic."""
    kinds = {a.arg: "float" if not has_shape(a.arg) else TENSOR for a in arguments(function)}
    for node in ast.walk(function):
        match node:
            case ast.Attribute(value=inner) if name in read([inner]) and kind_of(inner, kinds, {}) == "float":
                return True
            case ast.Call(func=ast.Attribute(value=module, attr=attr), args=args) if (
                isinstance(module, ast.Name)
                and module.id in ("torch", "F")
                and attr not in ("tensor", "full", "full_like")
            ):
                if any(name in read([a]) and kind_of(a, kinds, {}) == "float" for a in args[:1] or ()):
                    return True
    return False
